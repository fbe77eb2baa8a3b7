import { z } from 'zod';
import type { Ledger } from '../../../shared/model/ledger.ts';
import { ObjectJournal } from './object-journal.ts';
import {
  glanceColumns,
  toVersionGlance,
  toVersionRecord,
  versionColumns,
  type VersionGlance,
  type VersionRecord,
} from './version-record.ts';

const number = z.number().int();
const ledgerSums = z.object({
  rowsRead: number,
  rowsConfirmed: number,
  rowsRejected: number,
  rowsHeld: number,
  possiblyRepeated: number,
  bytesRead: number,
});
const trafficSums = z.object({ bytesSent: number, requests: number, retries: number });
const glancesAtATime = 1_000;
const pageRow = z.object({ page: z.string() });
const placeRow = z.object({ row: number, path: z.string() });
const afterAnotherRow = z.object({
  path: z.string(),
  knownRowsOf: z.string(),
  formatId: number.nullable().transform((id) => id ?? undefined),
});
const textIdRow = z.object({ id: z.string() });

/** The part of the journal that says which versions are followed, and what came of them. */
export class KnownVersions extends ObjectJournal {
  /**
   * A glance at each version of a folder that was not closed, the oldest first; one after the other, for there may be many.
   * `prefix`: the folder's path with the separator behind it.
   */
  *openVersions(folderId: string, prefix: string): Generator<VersionGlance> {
    // Many as one text, which comes out of SQLite far faster than as many values.
    const page = this.prepare(
      `SELECT json_group_array(json_array(${glanceColumns})) AS page FROM (SELECT rowid, * FROM files WHERE folder_id = ?2 AND is_closed = 0 AND rowid > ?3 ORDER BY rowid LIMIT ${String(glancesAtATime)})`,
    );
    for (let after = -1, isLast = false; !isLast;) {
      const rows = z.array(z.unknown()).parse(JSON.parse(pageRow.parse(page.get(prefix, folderId, after)).page));
      isLast = rows.length < glancesAtATime;
      for (const glance of rows.map(toVersionGlance).sort((one, other) => one.row - other.row)) {
        after = glance.row;
        yield glance;
      }
    }
  }

  /** The version whose row in the table has that number. */
  versionAt(row: number): VersionRecord {
    return toVersionRecord(this.prepare(`SELECT ${versionColumns} FROM files WHERE rowid = ?`).get(row));
  }

  /** Number of its row in the table, and its path; undefined: the journal does not know it. */
  versionPlace(fileId: string): { readonly row: number; readonly path: string } | undefined {
    const found: unknown = this.prepare('SELECT rowid AS row, path FROM files WHERE id = ?').get(fileId);
    return found === undefined ? undefined : placeRow.parse(found);
  }

  version(fileId: string): VersionRecord {
    return toVersionRecord(this.prepare(`SELECT ${versionColumns} FROM files WHERE id = ?`).get(fileId));
  }

  /** Versions that took the place of another one, rows of which were passed over; also where they stood is nothing any more. */
  versionsAfterOthers(
    folderId: string,
  ): readonly { readonly path: string; readonly knownRowsOf: string; readonly formatId: number | undefined }[] {
    const found = this.prepare(
      'SELECT path, known_rows AS knownRowsOf, format_id AS formatId FROM files WHERE known_rows IS NOT NULL AND folder_id = ? AND is_closed = 0 ORDER BY rowid DESC',
    ).all(folderId);
    return found.map((row) => afterAnotherRow.parse(row));
  }

  /** Which of these versions the hashes of their rows may still be asked for. */
  withRowsAskedFor(fileIds: readonly string[]): ReadonlySet<string> {
    const found = this.prepare(
      'SELECT value AS id FROM json_each(?) WHERE EXISTS (SELECT 1 FROM files WHERE id = value AND identity IS NOT NULL AND is_closed = 0) OR EXISTS (SELECT 1 FROM files WHERE known_rows = value AND identity IS NOT NULL AND is_closed = 0)',
    ).all(JSON.stringify(fileIds));
    return new Set(found.map((row) => textIdRow.parse(row).id));
  }

  /** Versions that are closed although requests of theirs were not settled when the last run ended. */
  closedUnsettled(folderId: string): readonly VersionRecord[] {
    const found = this.prepare(`SELECT ${versionColumns} FROM files WHERE folder_id = ? AND is_closed = 1 AND rows_held > 0`);
    return found.all(folderId).map(toVersionRecord);
  }

  /** Sums over the versions of a folder, all or those that are closed and settled. */
  folderLedger(folderId: string, which: 'closed' | 'all'): { readonly ledger: Ledger; readonly bytesRead: number } {
    const { bytesRead, ...ledger } = ledgerSums.parse(
      this.prepare(
        'SELECT coalesce(sum(rows_read), 0) AS rowsRead, coalesce(sum(rows_confirmed), 0) AS rowsConfirmed, coalesce(sum(rows_rejected), 0) AS rowsRejected, coalesce(sum(rows_held), 0) AS rowsHeld, coalesce(sum(possibly_repeated), 0) AS possiblyRepeated, coalesce(sum(bytes_read), 0) AS bytesRead FROM files WHERE folder_id = ?' +
          (which === 'closed' ? ' AND is_closed = 1 AND rows_held = 0' : ''),
      ).get(folderId),
    );
    return { ledger, bytesRead };
  }

  /** What went over the network for a folder, over all its transfers. */
  folderTraffic(folderId: string): z.infer<typeof trafficSums> {
    return trafficSums.parse(
      this.prepare(
        'SELECT coalesce(sum(bytes_sent), 0) AS bytesSent, coalesce(sum(requests), 0) AS requests, coalesce(sum(retries), 0) AS retries FROM transfers WHERE folder_id = ?',
      ).get(folderId),
    );
  }
}
