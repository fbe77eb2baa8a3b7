import { z } from 'zod';
import type { SeenField as ListedField } from '../../../shared/contract/sample.ts';
import { fieldTypeSchema } from '../../../shared/contract/schema.ts';
import type { SeenField } from '../model.ts';
import type { FileRecord } from './file-record.ts';
import { Transactions } from './transactions.ts';

export interface RecordedField extends SeenField {
  readonly files: ListedField['files'];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Of a connection, over all metric types and sources. */
const fieldsKept = 5_000;
const filesNamed = 5;
const examplesKept = 3;
/** Files of a connection that were only checked. */
const checkedKept = 100;

const number = z.number().int();
const files = z.array(z.object({ name: z.string(), at: number }));
const texts = z.array(z.string());
const types = z.array(fieldTypeSchema);
const row = z.object({
  metric: z.string(),
  name: z.string(),
  value_count: number,
  examples: z.string(),
  types: z.string(),
  files: z.string(),
  seen_at: number,
});
const countRow = z.object({ fields: number });

interface From {
  readonly connectionId: string;
  /** Empty: sent. */
  readonly source: string;
  readonly fileName: string;
  readonly at: number;
}

/** Which fields the events of a connection had, whether its schema has them or not. */
export class SeenFieldStore extends Transactions {
  /** Rows of a file that go out. What a check found in it before is not counted twice. */
  sent(file: Pick<FileRecord, 'connectionId' | 'path' | 'name'>, fields: readonly SeenField[], at: number): void {
    if (fields.length === 0) return;
    this.atomically(() => {
      this.forgetCheck(file.connectionId, file.path);
      this.add({ connectionId: file.connectionId, source: '', fileName: file.name, at }, fields);
    });
  }

  /** All rows of a file that was checked: in place of what an earlier check of it found. */
  checked(file: Pick<FileRecord, 'connectionId' | 'path' | 'name'>, fields: readonly SeenField[], at: number): void {
    const { connectionId, path, name } = file;
    this.atomically(() => {
      this.forgetCheck(connectionId, path);
      this.add({ connectionId, source: path, fileName: name, at }, fields);
      this.prepare(
        `DELETE FROM seen_fields WHERE connection_id = ?1 AND source <> '' AND source NOT IN (
           SELECT source FROM seen_fields WHERE connection_id = ?1 AND source <> '' GROUP BY source ORDER BY max(seen_at) DESC LIMIT ?2)`,
      ).run(connectionId, checkedKept);
    });
  }

  /** By metric type and name, as they were sent or would be; the same one may be there for several sources. */
  of(connectionId: string): readonly RecordedField[] {
    return this.prepare('SELECT * FROM seen_fields WHERE connection_id = ? ORDER BY seen_at DESC, metric, name')
      .all(connectionId)
      .map(toRecorded);
  }

  private forgetCheck(connectionId: string, path: string): void {
    this.prepare('DELETE FROM seen_fields WHERE connection_id = ? AND source = ?').run(connectionId, path);
  }

  private add({ connectionId, source, fileName, at }: From, fields: readonly SeenField[]): void {
    const { fields: known } = countRow.parse(
      this.prepare('SELECT count(*) AS fields FROM seen_fields WHERE connection_id = ?').get(connectionId),
    );
    let room = fieldsKept - known;
    for (const field of fields) {
      const found: unknown = this.prepare(
        'SELECT * FROM seen_fields WHERE connection_id = ? AND metric = ? AND name = ? AND source = ?',
      ).get(connectionId, field.metric, field.name, source);
      if (found === undefined && --room < 0) continue;
      const merged = mergedFields({ ...field, files: [{ name: fileName, at }], at }, found === undefined ? undefined : toRecorded(found));
      this.prepare(
        `INSERT INTO seen_fields (connection_id, metric, name, source, value_count, examples, types, files, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET value_count = excluded.value_count, examples = excluded.examples, types = excluded.types, files = excluded.files, seen_at = excluded.seen_at`,
      ).run(
        connectionId,
        field.metric,
        field.name,
        source,
        merged.values,
        JSON.stringify(merged.examples),
        JSON.stringify(merged.types),
        JSON.stringify(merged.files),
        merged.at,
      );
    }
  }
}

/** Both together, under the names of the first one. */
export function mergedFields(one: RecordedField, other: RecordedField | undefined): RecordedField {
  if (other === undefined) return one;
  const all = [...one.files, ...other.files].sort((a, b) => b.at - a.at);
  return {
    metric: one.metric,
    name: one.name,
    values: one.values + other.values,
    examples: [...new Set([...other.examples, ...one.examples])].slice(0, examplesKept),
    types: one.types.filter((type) => other.types.includes(type)),
    files: all.filter(({ name }, at) => all.findIndex((file) => file.name === name) === at).slice(0, filesNamed),
    at: Math.max(one.at, other.at),
  };
}

function toRecorded(found: unknown): RecordedField {
  const field = row.parse(found);
  return {
    metric: field.metric,
    name: field.name,
    values: field.value_count,
    examples: texts.parse(JSON.parse(field.examples)),
    types: types.parse(JSON.parse(field.types)),
    files: files.parse(JSON.parse(field.files)),
    at: field.seen_at,
  };
}
