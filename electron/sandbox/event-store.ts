/** Keeps the events that were taken in. One transaction a request, so an upload is there as a whole or not at all. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { createCatalogue, emptyTenant, type Catalogue, type Metric, type Tenant } from './catalogue.ts';
import { inTransaction, numberAt, textAt } from './database.ts';
import type { EventGroup, Intake } from './event-intake.ts';
import { storedMetricSchema, storedTenantSchema } from './stored-schema.ts';

const maxStoredErrorCharacters = 10_000;

export interface Arrival {
  readonly intake: Intake;
  readonly source: 'errors.stream' | 'errors.batch';
  readonly atMs: number;
  /** What an upload of the same name replaces; absent for stream events. */
  readonly uploadName?: string;
  /** More of the upload: adds to what is there instead of replacing it. */
  readonly isContinued?: boolean;
}

export interface EventStore {
  readonly catalogue: Catalogue;
  counts(): { readonly rows: number; readonly errors: number };
  /** Stores all of it or throws. */
  add(arrival: Arrival): void;
  /** Forgets an upload. */
  dropUpload(name: string): void;
  /** Gives an upload another name, in place of the one that had it. */
  renameUpload(from: string, to: string): void;
  /** When an upload of this name was last received, milliseconds since the epoch. */
  receivedAt(uploadName: string): number | undefined;
  saveMetric(metric: Metric): void;
  /** With its events. */
  deleteMetric(id: number): void;
  saveTenant(tenant: Tenant): void;
  /** Objects that were to be read and have not been read to their end. */
  readonly objectJobs: { add(path: string, atMs: number): void; done(path: string): void; all(): readonly string[] };
  /** Back to a sandbox nobody has used: events, errors, uploads and schema. */
  clear(): void;
}

const loadCatalogue = (database: DatabaseSyncInstance): Catalogue => {
  const setting: unknown = database.prepare("SELECT value FROM setting WHERE name = 'tenant'").get();
  const tenant = setting === undefined ? emptyTenant : storedTenantSchema.parse(JSON.parse(textAt(setting, 'value')));
  const rows = database.prepare('SELECT definition FROM metric').all();
  return createCatalogue(
    tenant,
    rows.map((row) => storedMetricSchema.parse(JSON.parse(textAt(row, 'definition')))),
  );
};

/** The bytes to keep for a group, and where its events stand in them. The body itself when it holds nothing else. */
const pack = (group: EventGroup, intake: Intake): { readonly data: Uint8Array; readonly slices: Uint32Array } => {
  if (intake.groups.length === 1 && intake.malformed.length === 0 && intake.events === group.times.length) {
    return { data: intake.body, slices: Uint32Array.from(group.slices) };
  }
  const slices = new Uint32Array(group.slices.length);
  const parts: Buffer[] = [];
  let length = 0;
  for (let at = 0; at < slices.length; at += 2) {
    const part = intake.body.subarray(group.slices[at], group.slices[at + 1]);
    parts.push(part);
    slices[at] = length;
    length += part.length;
    slices[at + 1] = length;
  }
  return { data: Buffer.concat(parts), slices };
};

const asBytes = (array: Uint32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

export function createEventStore(database: DatabaseSyncInstance): EventStore {
  const prepared = {
    count: database.prepare('SELECT (SELECT COALESCE(SUM(events), 0) FROM chunk) AS rows, (SELECT COUNT(*) FROM failure) AS errors'),
    findUpload: database.prepare('SELECT id, received_at FROM upload WHERE name = ?'),
    addUpload: database.prepare(
      'INSERT INTO upload (name, received_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET received_at = excluded.received_at RETURNING id',
    ),
    uploadCounts: database.prepare(
      'SELECT (SELECT COALESCE(SUM(events), 0) FROM chunk WHERE upload_id = ?1) AS rows, (SELECT COUNT(*) FROM failure WHERE upload_id = ?1) AS errors',
    ),
    dropChunks: database.prepare('DELETE FROM chunk WHERE upload_id = ?'),
    dropFailures: database.prepare('DELETE FROM failure WHERE upload_id = ?'),
    findShape: database.prepare('SELECT id FROM shape WHERE names = ?'),
    addShape: database.prepare('INSERT INTO shape (names) VALUES (?) RETURNING id'),
    addChunk: database.prepare(
      'INSERT INTO chunk (upload_id, metric_id, events, shape_id, metric_key, timestamp_key, times, slices, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    addFailure: database.prepare('INSERT INTO failure (upload_id, at, source, message, event) VALUES (?, ?, ?, ?, ?)'),
    saveMetric: database.prepare('INSERT OR REPLACE INTO metric (id, definition) VALUES (?, ?)'),
    saveTenant: database.prepare("INSERT OR REPLACE INTO setting (name, value) VALUES ('tenant', ?)"),
  };
  let catalogue = loadCatalogue(database);
  const count = (): { rows: number; errors: number } => {
    const row: unknown = prepared.count.get();
    return { rows: numberAt(row, 'rows'), errors: numberAt(row, 'errors') };
  };
  let totals = count();

  /** Empties an upload; what was in it. */
  const empty = (uploadId: number): { rows: number; errors: number } => {
    const row: unknown = prepared.uploadCounts.get(uploadId);
    prepared.dropChunks.run(uploadId);
    prepared.dropFailures.run(uploadId);
    return { rows: numberAt(row, 'rows'), errors: numberAt(row, 'errors') };
  };

  const drop = (name: string): void => {
    const row: unknown = prepared.findUpload.get(name);
    if (row === undefined) return;
    const id = numberAt(row, 'id');
    empty(id);
    database.prepare('DELETE FROM upload WHERE id = ?').run(id);
  };

  const shapeId = (columns: ReadonlySet<string>): number => {
    const names = JSON.stringify([...columns]);
    return numberAt(prepared.findShape.get(names) ?? prepared.addShape.get(names), 'id');
  };

  const insert = ({ intake, source, atMs }: Arrival, uploadId: number | null): void => {
    for (const metric of intake.created) prepared.saveMetric.run(metric.id, JSON.stringify(metric));
    for (const group of intake.groups) {
      const { data, slices } = pack(group, intake);
      const times = asBytes(Float64Array.from(group.times));
      const { metricId, metricKey, timestampKey, columns } = group;
      prepared.addChunk.run(
        uploadId,
        metricId,
        group.times.length,
        shapeId(columns),
        metricKey,
        timestampKey,
        times,
        asBytes(slices),
        data,
      );
    }
    for (const { start, end, message } of intake.malformed) {
      // A character is at most four bytes: no more needs decoding than may be kept.
      const event = intake.body.toString('utf8', start, Math.min(end, start + 4 * maxStoredErrorCharacters));
      prepared.addFailure.run(uploadId, atMs, source, message, event.slice(0, maxStoredErrorCharacters));
    }
  };

  return {
    get catalogue() {
      return catalogue;
    },
    counts: () => totals,
    add(arrival) {
      const { intake, uploadName } = arrival;
      const replaced = inTransaction(database, () => {
        if (uploadName === undefined) {
          insert(arrival, null);
          return { rows: 0, errors: 0 };
        }
        const uploadId = numberAt(prepared.addUpload.get(uploadName, arrival.atMs), 'id');
        const before = arrival.isContinued ? { rows: 0, errors: 0 } : empty(uploadId);
        insert(arrival, uploadId);
        return before;
      });
      intake.created.forEach((metric) => catalogue.put(metric));
      totals = {
        rows: totals.rows - replaced.rows + intake.groups.reduce((sum, group) => sum + group.times.length, 0),
        errors: totals.errors - replaced.errors + intake.malformed.length,
      };
    },
    dropUpload(name) {
      inTransaction(database, () => drop(name));
      totals = count();
    },
    renameUpload(from, to) {
      inTransaction(database, () => {
        drop(to);
        database.prepare('UPDATE upload SET name = ? WHERE name = ?').run(to, from);
      });
      totals = count();
    },
    receivedAt(name) {
      const row: unknown = prepared.findUpload.get(name);
      return row === undefined ? undefined : numberAt(row, 'received_at');
    },
    saveMetric(metric) {
      prepared.saveMetric.run(metric.id, JSON.stringify(metric));
      catalogue.put(metric);
    },
    deleteMetric(id) {
      inTransaction(database, () => {
        database.prepare('DELETE FROM metric WHERE id = ?').run(id);
        database.prepare('DELETE FROM chunk WHERE metric_id = ?').run(id);
      });
      catalogue.remove(id);
      totals = count();
    },
    saveTenant(tenant) {
      prepared.saveTenant.run(JSON.stringify(tenant));
      catalogue.tenant = tenant;
    },
    objectJobs: {
      add: (path, atMs) => void database.prepare('INSERT OR REPLACE INTO object_job (path, requested_at) VALUES (?, ?)').run(path, atMs),
      done: (path) => void database.prepare('DELETE FROM object_job WHERE path = ?').run(path),
      all: () =>
        database
          .prepare('SELECT path FROM object_job ORDER BY requested_at')
          .all()
          .map((row) => textAt(row, 'path')),
    },
    clear() {
      inTransaction(database, () => {
        for (const table of ['chunk', 'failure', 'upload', 'shape', 'metric', 'setting', 'object_job'])
          database.exec(`DELETE FROM ${table}`);
      });
      catalogue = createCatalogue(emptyTenant, []);
      totals = { rows: 0, errors: 0 };
    },
  };
}
