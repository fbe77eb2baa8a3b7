/** What is found out about a file is told with how sure that is and why. */
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, expect, it } from 'vitest';
import { inspectFile } from '../../../electron/engine/inspect.ts';
import { findingText } from '../../../shared/model/finding-texts.ts';
import { testFolder } from './read/texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

/** `subject column: code (confidence)`; types of columns only where they are doubtful. */
async function foundIn(name: string, content: string | Buffer) {
  const { findings } = await inspectFile({
    path: folder.write(name, Buffer.from(content)),
    format: undefined,
    mapping: undefined,
    maxEventBytes: 375_000,
  });
  for (const finding of findings) expect(findingText(finding), finding.code).not.toMatch(/[{}]/);
  return findings
    .filter(({ subject, confidence }) => subject !== 'columnType' || confidence === 'low')
    .map(({ column, code, confidence }) => `${column === undefined ? '' : `${column}: `}${code} ${confidence}`);
}

const good = Array.from({ length: 6 }, (_, at) => `2012-01-31 10:0${String(at)},${String(at)},"a ""b"""`).join('\n');

it('what agrees in all rows is sure', async () => {
  expect(await foundIn('good.csv.gz', gzipSync(`time,a,note\n${good}\n`))).toEqual([
    'format-csv high',
    'gzip-mark high',
    'encoding-valid high',
    'delimiter-agrees high',
    'quote-used high',
    'escape-doubled high',
    'header-by-types high',
    'time: time-agrees high',
    'metric-file-name low',
  ]);
});

it.each<[string, string, string | Buffer, readonly string[]]>([
  ['day and month either way round', 'a.csv', 'time,a\n01/02/2012 10:00,1\n', ['time: time-day-month low']],
  ['seconds', 'a.csv', 'time,a\n1490638685,1\n', ['time: time-seconds low']],
  ['no time', 'a.csv', 'name,a\nx,1\n', ['time-none low']],
  ['years alone', 'a.csv', 'Place,Year\nx,1955\ny,2001\n', ['Year: time-year-alone low']],
  ['numbers that are no years', 'a.csv', 'start,a\n1955,1\n3001,1\n', ['time-none low']],
  ['months alone', 'a.csv', 'month,a\n2001-01,1\n2001-12,1\n', ['month: time-month-alone low']],
  ['years beside a time', 'a.csv', 'year,time\n1955,1955-01-31 10:00\n', ['time: time-agrees high']],
  ['a time in a column called otherwise', 'a.csv', 'moment,a\n2012-01-31 10:00,1\n', ['moment: time-by-values medium']],
  ['no header', 'a.csv', '2012-01-31 10:00,1\n2012-01-31 10:01,2\n', ['header-like-values low']],
  ['texts alone', 'a.csv', 'name,place\nx,y\n', ['header-by-text medium', 'quote-unused medium']],
  ['one column', 'a.csv', 'line\nx y\n', ['delimiter-one-column low']],
  ['ragged rows', 'a.csv', `a,b\n${'1,2\n'.repeat(9)}1,2,3\n`, ['delimiter-differs medium']],
  ['single quotes', 'a.csv', "a,b,c\n'x, y','z',1\n", ['quote-other low']],
  ['backslashes before quotes', 'a.csv', 'a,b\n"x \\" y",1\n', ['escape-backslash low']],
  ['Latin letters', 'a.csv', iconv.encode('Ort,a\nKöln,1\n', 'windows-1252'), ['encoding-not-utf8 medium']],
  ['a mark', 'a.csv', '\ufeffa,b\n1,2\n', ['encoding-mark high']],
  ['decimal commas', 'a.csv', 'a;b\n1,5;x\n', ['comma-numbers high']],
  ['commas that may separate thousands', 'a.csv', 'a;b\n1,500;x\n', ['comma-maybe-thousands low']],
  ['a column of numbers but for one', 'a.csv', `t,a\nx,1\nx,2\nx,3\nx,4\nx,n/a\n`, ['a: type-mostly-numbers low']],
  ['a column without values', 'a.csv', 'a,b\n1,\n', ['b: type-empty low']],
  ['an array', 'a.json', '[{"metrictype":"w","timestamp":1490638685520}]', ['format-json-array high', 'metric-column high']],
  ['JSON lines', 'a.json', '{"metrictype":"w","timestamp":1490638685520}\n', ['format-json-lines high', 'timestamp: time-agrees high']],
])('%s', async (_what, name, content, expected) => {
  expect(await foundIn(name, content)).toEqual(expect.arrayContaining([...expected]));
});

it('what was set is not doubted', async () => {
  const format = { kind: 'csv' as const, delimiter: ';', encoding: 'utf-8' as const, quote: '"', header: false, columns: ['a', 'b'] };
  const path = folder.write('set.csv', Buffer.from('1;2\n'));
  const { findings } = await inspectFile({ path, format, mapping: undefined, maxEventBytes: 375_000 });
  expect(findings.filter(({ code }) => code === 'as-set').map(({ subject }) => subject)).toEqual([
    'format',
    'encoding',
    'delimiter',
    'header',
  ]);
});
