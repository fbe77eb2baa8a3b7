/** What is said about rows before they are sent, beside what the sandbox then stores: its code shares nothing with the engine's. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { ServiceSchema } from '../../shared/contract/schema.ts';
import { checkFile } from '../../electron/engine/check-file.ts';
import { UploaderError } from '../../electron/engine/errors.ts';
import { prepareRows } from '../../electron/engine/read-events.ts';
import { shapeRecords } from '../../electron/engine/row-shaping.ts';
import { openRows } from '../../electron/engine/read/open-rows.ts';
import { compileSchema } from '../../electron/engine/shape/compiled-schema.ts';
import { emptyMembers, scanObject } from '../../electron/engine/shape/object-members.ts';
import { resolveEvent, type Resolved } from '../../electron/engine/shape/resolution.ts';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import { engineFolder, type EngineFolder } from '../fakes/running-engine.ts';
import { cellFor, columnNames, jsonFor, mappings, schemas } from '../fakes/schema-cases.ts';
import { call, callOwn } from './sandbox-client.ts';

const runs = 400;
const rowsOfRun = 80;

let folder: EngineFolder;
beforeAll(() => {
  folder = engineFolder();
});
afterAll(() => folder.remove());

interface FileCase {
  readonly schema: ServiceSchema;
  readonly mapping: Mapping;
  readonly text: string;
  readonly kind: 'csv' | 'ndjson';
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const fileCases: fc.Arbitrary<FileCase> = fc
  .tuple(schemas, columnNames, fc.constantFrom('csv', 'ndjson'))
  .chain(([schema, columns, kind]) =>
    fc
      .tuple(
        mappings(columns),
        fc.array(fc.tuple(...columns.map(kind === 'csv' ? cellFor : jsonFor)), { minLength: rowsOfRun, maxLength: rowsOfRun }),
      )
      .map(([mapping, rows]) => {
        const lines =
          kind === 'csv'
            ? [['rownumber', ...columns], ...rows.map((row, at) => [`r${String(at)}`, ...row])].map((row) => row.map(quoted).join(','))
            : rows.map(
                (row, at) =>
                  `{"rownumber":"r${String(at)}",${columns.map((name, index) => `${JSON.stringify(name)}:${row[index] ?? 'null'}`).join(',')}}`,
              );
        return { schema, mapping, kind, text: `${lines.join('\n')}\n` };
      }),
  );

async function setUp(sandbox: Sandbox, { tenant, metrics }: ServiceSchema): Promise<void> {
  const { access } = sandbox;
  await callOwn(access, 'DELETE', '/sandbox/data');
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await call(access, { method, path: `/schema/v1/schema${path}`, body: JSON.stringify(body) });
    expect(answer.status, answer.text).toBe(200);
  };
  await send('PATCH', '', { metricTypeKeys: tenant.metricKeys, timestampPatterns: tenant.timestampPatterns });
  for (const { name, aliases, timestampPatterns, timestampAliases, fields } of metrics) {
    await send('POST', '/metric', { metricName: name, aliases });
    if (timestampPatterns.length > 0) await send('PATCH', '/metric', { metricName: name, timestampPatterns });
    if (timestampAliases.length > 0) await send('PATCH', '/field', { metricName: name, fieldName: 'timestamp', aliases: timestampAliases });
    for (const field of fields) {
      await send('POST', '/field', { metricName: name, fieldName: field.name, fieldType: field.type, aliases: field.aliases });
    }
  }
}

interface Predicted {
  readonly event: string;
  readonly resolved: Resolved;
}

/** Undefined: the mapping cannot be used for the file. */
async function predict(path: string, { schema, mapping }: FileCase, unknownMetrics: 'created' | 'rejected') {
  const order = { path, fileName: 'weather.csv', mapping, schema, fieldTypes: new Map(), maxEventBytes: 375_000 };
  const compiled = compileSchema(schema);
  const shaper = await prepareRows(order).catch((error: unknown) => {
    if (error instanceof UploaderError) return undefined;
    throw error;
  });
  if (shaper === undefined) return undefined;
  const predicted: Predicted[] = [];
  let rejected = 0;
  const members = emptyMembers();
  const { source, reader } = await openRows(path, shaper.format, shaper.firstRow, shaper.maxRecordBytes, () => undefined);
  for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
    const shapeAt = shapeRecords(block, shaper);
    for (let at = 0; at < block.records.count; at += 1) {
      const event = shapeAt(at);
      if (typeof event !== 'string') {
        rejected += 1;
        continue;
      }
      scanObject(event, members);
      predicted.push({ event, resolved: resolveEvent(members, compiled, unknownMetrics) });
    }
  }
  await source.close();
  const requestLimits = { maxStreamEvents: 500, maxStreamRequestBytes: 1e6, maxBatchRequestBytes: 5e6 };
  const { report } = await checkFile(
    { ...order, unknownMetrics, requestLimits },
    () => Promise.resolve(true),
    () => 0,
  );
  return { predicted, rejected, report };
}

const codeOf = (message: string): readonly string[] => {
  if (/no metric type|is no text/.test(message)) return ['metric-type-missing'];
  if (/is not known/.test(message)) return ['metric-unknown'];
  if (/no timestamp/.test(message)) return ['timestamp-missing'];
  if (/forbidden/.test(message)) return ['field-name-forbidden'];
  if (/matches no pattern/.test(message)) return ['timestamp-unparsable', 'timestamp-missing'];
  return [message];
};

const rowNumber = (event: string): string => /"rownumber":"(r\d+)"/.exec(event)?.[1] ?? event;

describe('what is predicted is what the service does', () => {
  it.each(['created', 'rejected'] as const)(
    `for generated rows, schemas and mappings, metric types that are not known being %s`,
    async (unknownMetrics) => {
      const sandbox = await startSandbox({
        dataDir: folder.at(`sandbox-${unknownMetrics}`),
        autoCreateMetrics: unknownMetrics === 'created',
      });
      const seen = { rows: 0, landed: 0, malformed: 0, rejected: 0, dropped: 0, unknown: 0, files: 0, unusable: 0 };
      try {
        await fc.assert(
          fc.asyncProperty(fileCases, async (one) => {
            const path = folder.at(`rows.${one.kind}`);
            writeFileSync(path, one.text);
            const found = await predict(path, one, unknownMetrics);
            seen.files += 1;
            if (found === undefined) {
              seen.unusable += 1;
              return;
            }
            const { predicted, rejected, report } = found;
            await setUp(sandbox, one.schema);
            if (predicted.length > 0) {
              const body = `[${predicted.map(({ event }) => event).join(',')}]`;
              const answer = await call(sandbox.access, { path: '/stream/v1/stream/events', body });
              expect(answer.status, answer.text).toBe(200);
            }
            const stored = new Map(
              sandbox
                .tables()
                .flatMap(({ name }) =>
                  sandbox.rows({ table: name, offset: 0, limit: 500 }).rows.map((row) => [row.fields['rownumber'], row] as const),
                ),
            );
            const errors = new Map(
              sandbox.errors({ offset: 0, limit: 500 }).errors.map((error) => [rowNumber(error.event), error.message]),
            );
            for (const { event, resolved } of predicted) {
              const key = rowNumber(event);
              if (resolved.kind === 'rejected') {
                expect(codeOf(errors.get(key) ?? 'stored'), `${event} ${resolved.reason}`).toContain(resolved.code);
                continue;
              }
              const { metric, epochMillis, fields } = resolved.landing;
              const kept = fields.filter(({ state }) => state !== 'dropped').map(({ field, text }) => [field, text] as const);
              const row = stored.get(key);
              expect(
                { metricType: row?.metricType, timestamp: row?.timestamp, fields: row?.fields },
                `${event} ${errors.get(key) ?? ''}`,
              ).toEqual({
                metricType: metric.name,
                timestamp: epochMillis,
                fields: Object.fromEntries(kept),
              });
              seen.dropped += fields.length - kept.length;
              seen.unknown += fields.filter(({ state }) => state === 'unknown').length;
            }
            expect(stored.size + errors.size).toBe(predicted.length);
            expect({ fit: report.rowsFit, malformed: report.rowsMalformed, rejected: report.rowsRejected }).toEqual({
              fit: stored.size,
              malformed: errors.size,
              rejected,
            });
            expect(report.columns.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(
              predicted.reduce(
                (sum, { resolved }) =>
                  sum + (resolved.kind === 'lands' ? resolved.landing.fields.filter(({ state }) => state === 'dropped').length : 0),
                0,
              ),
            );
            seen.rows += predicted.length + rejected;
            seen.landed += stored.size;
            seen.malformed += errors.size;
            seen.rejected += rejected;
          }),
          { numRuns: runs, endOnFailure: true },
        );
      } finally {
        await sandbox.close();
      }
      console.log(`${unknownMetrics}: ${JSON.stringify(seen)}`);
      expect(seen.landed).toBeGreaterThan(1_000);
      expect(seen.malformed).toBeGreaterThan(100);
      expect(seen.dropped).toBeGreaterThan(100);
    },
    600_000,
  );
});
