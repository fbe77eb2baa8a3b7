/** The whole check of a file: what rows are taken for is the same whether they are read by their bytes or through their cells. */
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { CheckReport } from '../../../shared/contract/check.ts';
import { mappingSchema, type MappingInput } from '../../../shared/contract/mapping.ts';
import type { ServiceSchema } from '../../../shared/contract/schema.ts';
import { checkFile } from '../../../electron/engine/check-file.ts';
import { SeenFields } from '../../../electron/engine/shape/seen-fields.ts';
import { testFolder } from './read/texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

const schema: ServiceSchema = {
  tenant: { metricKeys: [], timestampPatterns: [] },
  metrics: [
    {
      ...{ name: 'm', aliases: [], timestampPatterns: [], timestampAliases: [] },
      fields: [
        { name: 'int', aliases: ['i'], type: 'INT' },
        { name: 'double', aliases: [], type: 'DOUBLE' },
        { name: 'flag', aliases: [], type: 'BOOLEAN' },
      ],
    },
  ],
};

async function check(path: string, mapping: MappingInput, known: ServiceSchema | undefined) {
  const parsed = mappingSchema.parse(mapping);
  const seen = new SeenFields(parsed.constants);
  const { report } = await checkFile(
    {
      ...{ path, fileName: 'm.csv', mapping: parsed, schema: known, seen, maxEventBytes: 120, unknownMetrics: 'created' },
      fieldTypes: new Map(),
      requestLimits: { maxStreamEvents: 3, maxStreamRequestBytes: 300, maxBatchRequestBytes: 500 },
    },
    () => Promise.resolve(true),
    () => 0,
  );
  return { report, fields: seen.take().toSorted((a, b) => a.name.localeCompare(b.name)) };
}

const byName = (report: CheckReport): CheckReport => ({
  ...report,
  reasons: report.reasons.toSorted((a, b) => a.code.localeCompare(b.code)),
  columns: report.columns.filter(({ values, rejected }) => values + rejected > 0).toSorted((a, b) => a.name.localeCompare(b.name)),
});

const cell = fc.oneof(
  fc.constantFrom('', '1', '-0.5', '007', '+5', '1e5', '2147483648', '123456789012345678901234567890', ' 1', 'true', 'False', 'maybe'),
  fc.constantFrom('"1"', '"a,b"', '"a ""b"""', 'a"b', '"', '\\', 'Zürich', '"気温 😀"', 'x'.repeat(130), '\u0000'),
);
const time = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1_000_000_000_000, max: 1_900_000_000_000 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('', '5', '"1490638685520"', '-1490638685520', '01490638685520', '99999999999999999', 'x') },
);
const row = fc.tuple(time, cell, cell, cell, cell).map(([at, ...cells]) => ['m', at, ...cells].join(','));
const oddRow = fc.constantFrom('', 'm', 'm,1490638685520,1,2,3,4,5', 'm,1490638685520,"1\n2",3,4,5');

it('gives the same report and the same fields by either way, with line ends of any kind and with a mark in front', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 6, arbitrary: row }, { weight: 1, arbitrary: oddRow }), { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.constantFrom(schema, undefined),
      async (rows, lineEnd, hasMark, known) => {
        const path = folder.write('m.csv', (hasMark ? '\ufeff' : '') + ['kind,timestamp,i,double,flag,other', ...rows, ''].join(lineEnd));
        const format = { kind: 'csv' as const, delimiter: ',' };
        // A metric type that stands in a column takes the way through the event of each row.
        const byBytes = await check(path, { format, metricType: { kind: 'constant', value: 'm' }, drop: ['kind'] }, known);
        const byCells = await check(path, { format, metricType: { kind: 'column', column: 'kind' } }, known);
        expect(byName(byBytes.report)).toEqual(byName(byCells.report));
        expect(byBytes.fields).toEqual(byCells.fields);
      },
    ),
    { numRuns: 300 },
  );
});
