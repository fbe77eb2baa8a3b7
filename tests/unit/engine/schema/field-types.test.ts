import { expect, it } from 'vitest';
import type { Attempt } from '../../../../electron/engine/model.ts';
import { readFieldTypes } from '../../../../electron/engine/schema/field-types.ts';
import { answered, unsent } from '../../../fakes/scripted-transport.ts';

const metric = {
  name: 'wetter',
  aliases: [],
  timestampPatterns: [],
  fields: [
    { name: 'timestamp', aliases: ['ts'], type: 'LONG' },
    { name: 'temp', aliases: ['t', 'temperature'], type: 'double precision' },
    { name: 'station', aliases: [], type: 'VARCHAR' },
    { name: 'odd', aliases: [], type: 'GEOMETRY' },
  ],
};

const read = (answers: Readonly<Record<string, Attempt>>, ...metricTypes: string[]) => {
  const asked: string[] = [];
  const get = (path: string): Promise<Attempt> => {
    asked.push(path);
    return Promise.resolve(answers[path] ?? answered(404, { message: 'no such metric' }));
  };
  return readFieldTypes(metricTypes, { get }).then((types) => ({ types, asked }));
};

it('knows fields by name and alias, under the metric type as it is written in the data', async () => {
  const { types } = await read({ '/schema/metric?metricName=Wetter%20%28S%C3%BCd%29': answered(200, metric) }, 'Wetter (Süd)', 'unknown');
  expect([...types.keys()]).toEqual(['Wetter (Süd)']);
  expect([...(types.get('Wetter (Süd)') ?? [])]).toEqual([
    ['temp', 'DOUBLE'],
    ['t', 'DOUBLE'],
    ['temperature', 'DOUBLE'],
    ['station', 'STRING'],
  ]);
});

it.each([
  ['may not be read', answered(403, { message: 'not authorized' })],
  ['cannot be reached', unsent()],
])('knows nothing and asks no further when the schema %s', async (_title, attempt) => {
  const { types, asked } = await read({ '/schema/metric?metricName=a': attempt }, 'a', 'b');
  expect(types.size).toBe(0);
  expect(asked).toHaveLength(1);
});

it('leaves out what it does not understand', async () => {
  const { types } = await read(
    { '/schema/metric?metricName=a': answered(200, 'no json'), '/schema/metric?metricName=b': answered(200, metric) },
    'a',
    'b',
  );
  expect([...types.keys()]).toEqual(['b']);
});
