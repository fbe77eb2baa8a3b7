import { z } from 'zod';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';
import type { MappingRef } from '../../../shared/contract/mappings.ts';
import { Transactions } from './transactions.ts';

/** A name with its newest version. */
export interface StoredMapping {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly savedAt: number;
}

export interface StoredVersion extends StoredMapping {
  readonly mapping: Mapping;
}

const number = z.number().int();
const headRow = z.object({ id: z.string(), name: z.string(), version: number, saved_at: number });
const versionRow = headRow.extend({ content: z.string() });
const savedRow = z.object({ version: number, saved_at: number });
const idRow = z.object({ id: z.string() });
const countRow = z.object({ files: number });
const fileRow = z.object({ mapping: z.string() });

const heads = `SELECT n.id, n.name, v.version, v.saved_at FROM named_mappings AS n
  JOIN mapping_versions AS v ON v.mapping_id = n.id AND v.version = (SELECT max(version) FROM mapping_versions WHERE mapping_id = n.id)
  WHERE n.removed_at IS NULL`;

/** Mappings under their names. A version is never changed, and kept as long as a file of the history was sent by it. */
export class MappingStore extends Transactions {
  /** By name. */
  list(): readonly StoredMapping[] {
    return this.prepare(`${heads} ORDER BY n.name`).all().map(toHead);
  }

  named(name: string): StoredMapping | undefined {
    const found: unknown = this.prepare(`${heads} AND n.name = ?`).get(name);
    return found === undefined ? undefined : toHead(found);
  }

  get(id: string): StoredMapping | undefined {
    const found: unknown = this.prepare(`${heads} AND n.id = ?`).get(id);
    return found === undefined ? undefined : toHead(found);
  }

  /** Also of a mapping that was removed. */
  version({ id, version }: MappingRef): StoredVersion | undefined {
    const found: unknown = this.prepare(
      'SELECT n.id, n.name, v.version, v.saved_at, v.content FROM named_mappings AS n JOIN mapping_versions AS v ON v.mapping_id = n.id WHERE n.id = ? AND v.version = ?',
    ).get(id, version);
    if (found === undefined) return undefined;
    const row = versionRow.parse(found);
    return { ...toHead(row), mapping: mappingSchema.parse(JSON.parse(row.content)) };
  }

  /** The newest first. */
  versions(id: string): readonly { readonly version: number; readonly savedAt: number }[] {
    return this.prepare('SELECT version, saved_at FROM mapping_versions WHERE mapping_id = ? ORDER BY version DESC')
      .all(id)
      .map((found) => {
        const row = savedRow.parse(found);
        return { version: row.version, savedAt: row.saved_at };
      });
  }

  /** A name that was removed goes on with the number after its last one: no two contents have one name and number. */
  add(newId: string, name: string, content: string, nowMs: number): string {
    return this.atomically(() => {
      const removed: unknown = this.prepare('SELECT id FROM named_mappings WHERE name = ? ORDER BY removed_at DESC LIMIT 1').get(name);
      const id = removed === undefined ? newId : idRow.parse(removed).id;
      if (removed === undefined) this.prepare('INSERT INTO named_mappings (id, name) VALUES (?, ?)').run(id, name);
      else this.prepare('UPDATE named_mappings SET removed_at = NULL, name = ? WHERE id = ?').run(name, id);
      this.addVersion(id, content, nowMs);
      return id;
    });
  }

  addVersion(id: string, content: string, nowMs: number): void {
    this.write(
      `INSERT INTO mapping_versions (mapping_id, version, content, saved_at)
       VALUES (?1, (SELECT coalesce(max(version), 0) + 1 FROM mapping_versions WHERE mapping_id = ?1), ?2, ?3)`,
      id,
      content,
      nowMs,
    );
  }

  rename(id: string, name: string): void {
    this.write('UPDATE named_mappings SET name = ? WHERE id = ?', name, id);
  }

  /** Files that were sent by one of its versions. */
  filesSent(id: string): number {
    return countRow.parse(this.prepare('SELECT count(*) AS files FROM files WHERE mapping_id = ?').get(id)).files;
  }

  /** The name is free again; versions go where no file was sent by any. */
  remove(id: string, nowMs: number): void {
    this.atomically(() => {
      const earlier = this.prepare('SELECT 1 FROM files WHERE earlier_mappings LIKE ? LIMIT 1').get(`%"${id}"%`) !== undefined;
      if (earlier || this.filesSent(id) > 0) this.prepare('UPDATE named_mappings SET removed_at = ? WHERE id = ?').run(nowMs, id);
      else this.prepare('DELETE FROM named_mappings WHERE id = ?').run(id);
    });
  }

  /** The whole mapping a file was sent by last. */
  ofFile(fileId: string): Mapping | undefined {
    const found: unknown = this.prepare(
      "SELECT CASE WHEN files.mapping <> '' THEN files.mapping ELSE coalesce(mappings.mapping, '{}') END AS mapping FROM files LEFT JOIN mappings ON mappings.digest = files.mapping_digest WHERE files.id = ?",
    ).get(fileId);
    return found === undefined ? undefined : mappingSchema.parse(JSON.parse(fileRow.parse(found).mapping));
  }
}

function toHead(found: unknown): StoredMapping {
  const row = headRow.parse(found);
  return { id: row.id, name: row.name, version: row.version, savedAt: row.saved_at };
}
