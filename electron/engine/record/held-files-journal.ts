import { z } from 'zod';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import type { MappingRef } from '../../../shared/contract/mappings.ts';
import { FileJournal } from './file-journal.ts';

/** What rows become events by from now on. */
export interface MappingInUse {
  readonly mapping: Mapping;
  readonly digest: string;
  readonly ref: MappingRef | undefined;
}

const number = z.number().int();
const countedRow = z.object({ rejected: number });
const rejectsRow = z.object({ id: z.string(), rejects_before: number, rejects_accepted: number });
const heldRow = z.object({ id: z.string(), mapping: z.string() });

/** Where a file goes by another mapping than its first rows did, the earlier one is kept with the row it ends at. */
const rememberEarlier = `earlier_mappings = CASE WHEN coalesce(planned_row, 0) = 0 THEN earlier_mappings ELSE
  json_insert(coalesce(earlier_mappings, '[]'), '$[#]',
    json_object('untilRow', planned_row, 'digest', mapping_digest, 'id', mapping_id, 'version', mapping_version)) END`;
const isOtherMapping = '(mapping_digest <> ?1 OR mapping_id IS NOT ?2 OR mapping_version IS NOT ?3)';

/** The part of the journal that is about files that wait because rows of them are rejected, and about mappings that change. */
export class HeldFilesJournal extends FileJournal {
  /** Rows of a file for which nothing was planned are counted as read and held. */
  holdUnplanned(fileId: string, rows: number): void {
    this.write(
      'UPDATE files SET rows_read = rows_read + ?1, rows_held = rows_held + ?1, unplanned_rows = unplanned_rows + ?1 WHERE id = ?2',
      rows,
      fileId,
    );
  }

  /** How far a file was looked through, before its rows are planned. */
  setBytesRead(fileId: string, bytes: number): void {
    this.write('UPDATE files SET bytes_read = ? WHERE id = ?', bytes, fileId);
  }

  /** These rows are read again: they are counted as they are planned. */
  takeUpUnplanned(fileId: string): void {
    this.write(
      'UPDATE files SET rows_read = rows_read - unplanned_rows, rows_held = rows_held - unplanned_rows, unplanned_rows = 0 WHERE id = ? AND unplanned_rows > 0',
      fileId,
    );
  }

  /** Somebody has said that it goes on whatever is rejected. */
  acceptRejects(fileId: string): void {
    this.write('UPDATE files SET rejects_accepted = 1 WHERE id = ?', fileId);
  }

  /** Rows that were rejected, before they were sent or by the service, since its mapping is what it is. */
  countedRejects(fileId: string): number {
    return countedRow.parse(this.prepare('SELECT rows_rejected - rejects_before AS rejected FROM files WHERE id = ?').get(fileId)).rejected;
  }

  /** The rest of a file goes by another mapping than before; nothing where it is the same one. */
  changeMapping(fileId: string, { mapping, digest, ref }: MappingInUse): void {
    const text = JSON.stringify(mapping);
    this.atomically(() => {
      if (this.file(fileId).folderId !== undefined) this.knowMapping(digest, text);
      this.prepare("UPDATE files SET mapping = ? WHERE id = ? AND mapping <> ''").run(text, fileId);
      this.prepare(
        `UPDATE files SET ${rememberEarlier}, rejects_before = rows_rejected, mapping_digest = ?1, mapping_id = ?2, mapping_version = ?3
         WHERE id = ?4 AND ${isOtherMapping}`,
      ).run(digest, ref?.id ?? null, ref?.version ?? null, fileId);
    });
  }

  /** The part of names that stands for the version. */
  setVersionName(fileId: string, version: string): void {
    this.write('UPDATE files SET version = ? WHERE id = ?', version, fileId);
  }

  /** So do all files of a folder that are followed. */
  changeFolderMapping(folderId: string, { mapping, digest, ref }: MappingInUse): void {
    this.atomically(() => {
      const { changes } = this.prepare(
        `UPDATE files SET ${rememberEarlier}, rejects_before = rows_rejected, mapping_digest = ?1, mapping_id = ?2, mapping_version = ?3
         WHERE folder_id = ?4 AND is_closed = 0 AND identity IS NOT NULL AND ${isOtherMapping}`,
      ).run(digest, ref?.id ?? null, ref?.version ?? null, folderId);
      if (changes > 0) this.knowMapping(digest, JSON.stringify(mapping));
    });
  }

  /** Files of a folder that are held for their rejects, each with the mapping that rejected them. */
  heldForRejects(folderId: string): ReadonlyMap<string, string> {
    const found = this.prepare(
      `SELECT files.id, coalesce(mappings.mapping, files.mapping) AS mapping FROM files LEFT JOIN mappings ON mappings.digest = files.mapping_digest
       WHERE files.folder_id = ? AND files.is_closed = 0 AND files.state = 'held' AND json_extract(files.failure, '$.code') = 'too-many-rejects'`,
    ).all(folderId);
    return new Map(
      found.map((row) => {
        const { id, mapping } = heldRow.parse(row);
        return [id, mapping] as const;
      }),
    );
  }

  /** Followed files of a folder with rejected rows: how many do not count any more, and whether somebody has said that it goes on. */
  rejectsOfFiles(folderId: string): readonly { readonly fileId: string; readonly before: number; readonly isAccepted: boolean }[] {
    return this.prepare(
      'SELECT id, rejects_before, rejects_accepted FROM files WHERE folder_id = ? AND is_closed = 0 AND identity IS NOT NULL AND (rows_rejected > 0 OR rejects_accepted = 1)',
    )
      .all(folderId)
      .map((found) => {
        const row = rejectsRow.parse(found);
        return { fileId: row.id, before: row.rejects_before, isAccepted: row.rejects_accepted === 1 };
      });
  }
}
