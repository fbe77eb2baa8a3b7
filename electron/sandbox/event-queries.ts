/** What is stored, as tables, rows and errors. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { bytesAt, numberAt, textAt } from './database.ts';
import type { Catalogue, Metric } from './catalogue.ts';
import { valueText } from './event-intake.ts';
import { scanEvent } from './event-scanner.ts';
import { fitsType, type FieldType } from './field-types.ts';

export interface StoredTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: string[];
}

export interface StoredRow {
  readonly metricType: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Texts; numbers digit for digit as they were sent. A null is as no field at all. */
  readonly fields: Record<string, string>;
  /** The event as it was sent. */
  readonly event: string;
}

export interface StoredError {
  readonly at: number;
  readonly source: string;
  readonly message: string;
  readonly event: string;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface EventQueries {
  tables(): StoredTable[];
  /** Undefined when there is no metric type of that name or alias. */
  rows(table: string, page: Page): { columns: string[]; rows: StoredRow[]; total: number } | undefined;
  errors(page: Page): { errors: StoredError[]; total: number };
}

interface Chunk {
  readonly id: number;
  readonly metricKey: string;
  readonly timestampKey: string;
  readonly times: Float64Array;
  readonly slices: Uint32Array;
  readonly data: Buffer;
}

interface KnownField {
  readonly name: string;
  readonly type: FieldType;
}

/** Every name of a field → the name it is shown by, and its type. */
const knownFields = (metric: Metric): ReadonlyMap<string, KnownField> =>
  new Map(
    metric.fields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, { name: field.name, type: field.type }] as const)),
  );

const readChunk = (database: DatabaseSyncInstance, id: number): Chunk => {
  const row: unknown = database.prepare('SELECT metric_key, timestamp_key, times, slices, data FROM chunk WHERE id = ?').get(id);
  const [times, slices] = [bytesAt(row, 'times'), bytesAt(row, 'slices')];
  return {
    id,
    metricKey: textAt(row, 'metric_key'),
    timestampKey: textAt(row, 'timestamp_key'),
    times: new Float64Array(times.buffer, times.byteOffset, times.length / 8),
    slices: new Uint32Array(slices.buffer, slices.byteOffset, slices.length / 4),
    data: bytesAt(row, 'data'),
  };
};

const readRow = (chunk: Chunk, index: number, metric: Metric, known: ReadonlyMap<string, KnownField>): StoredRow => {
  const body = chunk.data.subarray(chunk.slices[index * 2], chunk.slices[index * 2 + 1]);
  const fields = new Map<string, string>();
  scanEvent(body, ({ event, names }) => {
    for (let at = 0; at < event.fieldCount; at++) {
      const name = names[event.nameIds[at] ?? 0] ?? '';
      const [start = 0, end = 0] = [event.valueStarts[at], event.valueEnds[at]];
      if (name === chunk.metricKey || name === chunk.timestampKey) continue;
      const field = known.get(name);
      const text = valueText(body, start, end);
      const isNull = body[start] === 0x6e;
      // The last of repeated names counts, as JSON has it.
      if (isNull || (field && !fitsType(text, field.type))) fields.delete(field?.name ?? name);
      else fields.set(field?.name ?? name, text);
    }
  });
  return { metricType: metric.name, timestamp: chunk.times[index] ?? 0, fields: Object.fromEntries(fields), event: body.toString() };
};

export function createEventQueries(database: DatabaseSyncInstance, catalogue: () => Catalogue): EventQueries {
  const prepared = {
    /** Those with rows from ?2 on, below ?3; `first`: number of the first row in it. */
    chunks: database.prepare(
      'SELECT id, events, first FROM (SELECT id, events, SUM(events) OVER (ORDER BY id) - events AS first FROM chunk WHERE metric_id = ?1) WHERE first + events > ?2 AND first < ?3 ORDER BY id',
    ),
    total: database.prepare('SELECT COALESCE(SUM(events), 0) AS rows FROM chunk WHERE metric_id = ?'),
    shapes: database.prepare(
      'SELECT names FROM shape JOIN (SELECT shape_id, MIN(id) AS first FROM chunk WHERE metric_id = ? GROUP BY shape_id) ON shape.id = shape_id ORDER BY first',
    ),
    errors: database.prepare('SELECT at, source, message, event FROM failure ORDER BY id LIMIT ? OFFSET ?'),
    errorCount: database.prepare('SELECT COUNT(*) AS rows FROM failure'),
  };
  /** The chunk that was read last: pages follow one another. Numbers of chunks are never used twice. */
  let latest: Chunk | undefined;
  const chunkOf = (id: number): Chunk => {
    if (latest?.id !== id) latest = readChunk(database, id);
    return latest;
  };

  const columnsOf = (metric: Metric): string[] => {
    const known = knownFields(metric);
    const columns = new Set<string>();
    for (const row of prepared.shapes.all(metric.id)) {
      for (const name of JSON.parse(textAt(row, 'names')) as string[]) columns.add(known.get(name)?.name ?? name);
    }
    return [...columns];
  };

  const rowCount = (metric: Metric): number => numberAt(prepared.total.get(metric.id), 'rows');

  return {
    tables: () =>
      catalogue()
        .all()
        .map((metric) => ({ name: metric.name, rows: rowCount(metric), columns: columnsOf(metric) })),
    rows(table, { offset, limit }) {
      const metric = catalogue().find(table);
      if (!metric) return undefined;
      const known = knownFields(metric);
      const rows: StoredRow[] = [];
      for (const row of prepared.chunks.all(metric.id, offset, offset + limit)) {
        const first = numberAt(row, 'first');
        const last = Math.min(first + numberAt(row, 'events'), offset + limit);
        const chunk = chunkOf(numberAt(row, 'id'));
        for (let at = Math.max(first, offset); at < last; at++) rows.push(readRow(chunk, at - first, metric, known));
      }
      return { columns: columnsOf(metric), rows, total: rowCount(metric) };
    },
    errors({ offset, limit }) {
      const errors = prepared.errors.all(limit, offset).map((row) => ({
        at: numberAt(row, 'at'),
        source: textAt(row, 'source'),
        message: textAt(row, 'message'),
        event: textAt(row, 'event'),
      }));
      return { errors, total: numberAt(prepared.errorCount.get(), 'rows') };
    },
  };
}
