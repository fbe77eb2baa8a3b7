/** The files of measurements that the app offers to try it with: two of `vega-datasets` (npm) and one of our own. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jsonArrayToLines } from './json-lines.ts';
import { at } from './repository.ts';

const descriptions = [
  { name: 'seattle-weather.csv', description: 'Four years of daily weather in Seattle: 1,461 rows, a date in each.' },
  { name: 'flights-2k.ndjson', description: '2,000 flights with delay and distance, one JSON object a line.' },
  { name: 'machine-log.csv', description: 'A day of two machines: semicolons, quotes, empty cells and a metric type in each of 576 rows.' },
];

/** Writes the files and `samples.json`, the list of them: `[{name, description}]`. */
export function writeSamples(folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(at('node_modules/vega-datasets/data/seattle-weather.csv'), path.join(folder, 'seattle-weather.csv'));
  const flights = readFileSync(at('node_modules/vega-datasets/data/flights-2k.json'), 'utf8');
  writeFileSync(path.join(folder, 'flights-2k.ndjson'), jsonArrayToLines(flights));
  copyFileSync(at('build/samples/machine-log.csv'), path.join(folder, 'machine-log.csv'));
  writeFileSync(path.join(folder, 'samples.json'), `${JSON.stringify(descriptions, null, 2)}\n`);
}
