import { afterAll, describe, expect, it } from 'vitest';
import { sampleRows } from '../../../electron/engine/sample-rows.ts';
import { mappingSchema, type MappingInput } from '../../../shared/contract/mapping.ts';
import { sampledFileSchema, type SampledFile } from '../../../shared/contract/sample.ts';
import type { ServiceSchema } from '../../../shared/contract/schema.ts';
import { testFolder } from './read/texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

const schema: ServiceSchema = {
  tenant: { timestampPatterns: [], metricKeys: [] },
  metrics: [
    {
      name: 'points',
      aliases: ['pts'],
      timestampPatterns: [],
      timestampAliases: ['when'],
      fields: [
        { name: 'point3', aliases: ['p3'], type: 'DOUBLE' },
        { name: 'place', aliases: [], type: 'STRING' },
      ],
    },
  ],
};

const sample = async (
  name: string,
  content: string,
  mapping: MappingInput,
  rows = { shownRows: 100, readRows: 10_000 },
): Promise<SampledFile> =>
  sampledFileSchema.parse(
    await sampleRows({
      ...{ path: folder.write(name, content), fileName: name, mapping: mappingSchema.parse(mapping), schema },
      ...{ fieldTypes: new Map(), maxEventBytes: 375_000, ...rows },
    }),
  );

const points: MappingInput = { metricType: { kind: 'constant', value: 'points' } };

describe('the first rows of a file', () => {
  it('say where each lands, with its fields typed, unknown or dropped', async () => {
    const { rows } = await sample('points.csv', 'timestamp,p3,pont3,place\n1490638685520,1.5,2,hall\n1490638685521,warm,,\n', points);
    expect(rows).toEqual([
      {
        line: 2,
        source: '1490638685520,1.5,2,hall',
        landing: {
          metric: 'points',
          isKnown: true,
          epochMillis: 1_490_638_685_520,
          fields: [
            { name: 'p3', field: 'point3', state: 'typed', type: 'DOUBLE', text: '1.5' },
            { name: 'pont3', state: 'unknown', text: '2' },
            { name: 'place', state: 'typed', type: 'STRING', text: 'hall' },
          ],
        },
      },
      {
        line: 3,
        source: '1490638685521,warm,,',
        landing: {
          metric: 'points',
          isKnown: true,
          epochMillis: 1_490_638_685_521,
          fields: [{ name: 'p3', field: 'point3', state: 'dropped', type: 'DOUBLE', text: 'warm' }],
        },
      },
    ]);
  });

  it('say why a row does not land, whether the uploader or the service would not take it', async () => {
    const content = '{"metrictype":"points","timestamp":1490638685520}\nno json\n{"metrictype":"points","point3":1}\n';
    const { rows } = await sample('points.ndjson', content, { format: { kind: 'ndjson' } });
    expect(rows.map(({ line, reject }) => [line, reject?.code])).toEqual([
      [1, undefined],
      [2, 'json-invalid'],
      [3, 'timestamp-missing'],
    ]);
  });

  it('are shown up to a number, and looked at for unknown fields up to another', async () => {
    const content = `timestamp,a,b\n${'1490638685520,1,\n'.repeat(5)}1490638685520,,1\n`;
    const found = await sample('many.csv', content, points, { shownRows: 2, readRows: 5 });
    expect(found.rows).toHaveLength(2);
    expect(found).toMatchObject({ rowsRead: 5, unknown: [{ name: 'a', values: 5 }] });
  });
});

it('values that are not of the type of their field are counted by column, with examples', async () => {
  const { dropped } = await sample(
    'dropped.csv',
    'timestamp,p3,place\n1490638685520,warm,1\n1490638685520,2,x\n1490638685520,cold,y\n',
    points,
  );
  expect(dropped).toEqual([{ metric: 'points', name: 'p3', field: 'point3', type: 'DOUBLE', values: 2, examples: ['warm', 'cold'] }]);
});

describe('a field that the schema does not have', () => {
  const unknown = async (cells: readonly string[], name = 'pont3') => {
    const content = `timestamp,${name}\n${cells.map((cell) => `1490638685520,${cell}\n`).join('')}`;
    return (await sample('unknown.csv', content, points)).unknown[0];
  };

  it('comes with the fields that it is probably meant to be', async () => {
    expect(await unknown(['1'])).toMatchObject({
      metric: 'points',
      isMetricKnown: true,
      metricFields: 2,
      name: 'pont3',
      values: 1,
      similar: ['point3'],
    });
    expect(await unknown(['1'], 'humidity')).toMatchObject({ similar: [] });
  });

  it.each([
    [['1', '-20'], 'INT'],
    [['1', '3000000000'], 'LONG'],
    [['1', '2.5'], 'DOUBLE'],
    [['true', 'FALSE'], 'BOOLEAN'],
    [['true', '1'], 'STRING'],
    [['1', 'warm'], 'STRING'],
  ])('with the values %s would be %s', async (cells, type) => {
    expect(await unknown(cells)).toMatchObject({ type, examples: cells });
  });

  it('of a metric type that is not there says so', async () => {
    const content = '{"metrictype":"new","timestamp":1490638685520,"a":1}\n';
    const { rows, unknown: found } = await sample('new.ndjson', content, { format: { kind: 'ndjson' } });
    expect(rows[0]?.landing).toMatchObject({ metric: 'new', isKnown: false });
    expect(found).toMatchObject([{ metric: 'new', isMetricKnown: false, name: 'a', type: 'INT', similar: [], metricFields: 0 }]);
  });
});
