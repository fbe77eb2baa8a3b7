import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { routeSchema } from '../../../shared/contract/common.ts';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { Flow } from '../../../shared/contract/flow.ts';
import {
  batchStateSchema,
  fileStateSchema,
  transferStateSchema,
  type Transfer,
  type TransferFile,
} from '../../../shared/contract/transfers.ts';
import type { UsedMapping } from '../../../shared/contract/mappings.ts';
import { rejectCodes } from '../../../shared/error-codes.ts';
import { addLedgers, emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import { parseFailure } from './file-record.ts';

/** SQL: rows that later replays confirmed of those that a transfer or a file rejected, be it the first one or a replay itself. */
const confirmedLater = (of: 'transfer_id' | 'file_id', id: string): string => `(
  SELECT coalesce(sum(f.rows_confirmed), 0) FROM replays AS r JOIN files AS f ON f.path = r.path WHERE r.${of} = ${id}
) + (
  SELECT coalesce(sum(f.rows_confirmed), 0) FROM files AS o JOIN replays AS e ON e.path = o.path
  JOIN replays AS r ON r.file_id = e.file_id AND r.rowid > e.rowid JOIN files AS f ON f.path = r.path
  WHERE o.${of === 'file_id' ? 'id' : of} = ${id}
)`;

/** Its state to whoever filters by it: once all rejected rows were corrected and sent, nothing needs attention any more. */
const shownState = `CASE WHEN t.state = 'attention'
  AND NOT EXISTS (SELECT 1 FROM files WHERE transfer_id = t.id AND state = 'refused')
  AND (SELECT coalesce(sum(rows_rejected), 0) FROM files WHERE transfer_id = t.id) BETWEEN 1 AND ${confirmedLater('transfer_id', 't.id')}
  THEN 'done' ELSE t.state END`;

/** Files of a transfer that are listed one by one. */
const listedFiles = 100;

const number = z.number().int();
const transferRow = z.object({
  id: z.string(),
  connection_id: z.string(),
  connection_name: z.string(),
  route: routeSchema,
  state: transferStateSchema,
  failure: z.string().nullable(),
  started_at: number,
  finished_at: number.nullable(),
  bytes_sent: number,
  requests: number,
  retries: number,
});
const ledgerRow = z.object({
  rows_read: number,
  rows_confirmed: number,
  rows_rejected: number,
  rows_held: number,
  possibly_repeated: number,
});
const fileRow = ledgerRow.extend({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  size_bytes: number,
  state: fileStateSchema,
  failure: z.string().nullable(),
  bytes_read: number,
  planned_row: number.nullable(),
  rejects_by_code: z.string(),
  mapping_digest: z.string(),
  mapping_name: z.string().nullable(),
  mapping_version: number.nullable(),
  earlier_mappings: z.string().nullable(),
});
const earlierMappings = z.array(z.object({ id: z.string().nullable(), version: number.nullable(), digest: z.string(), untilRow: number }));
const nameRow = z.object({ name: z.string() });
const totalsRow = ledgerRow.extend({ files: number, size_bytes: number, bytes_read: number });
const rowsRow = z.object({ rows: number });
const dailyRow = z.object({ rows_confirmed: number, rows_rejected: number, bytes_sent: number, requests: number });
const batchRow = z.object({
  file_name: z.string(),
  name: z.string(),
  from_row: number,
  to_row: number,
  events: number,
  state: batchStateSchema,
  attempts: number,
  bytes: number,
  status: number.nullable(),
  request_id: z.string().nullable(),
  answer: z.string().nullable(),
});

const ledgerOf = (row: z.infer<typeof ledgerRow>): Ledger => ({
  rowsRead: row.rows_read,
  rowsConfirmed: row.rows_confirmed,
  rowsRejected: row.rows_rejected,
  rowsHeld: row.rows_held,
  possiblyRepeated: row.possibly_repeated,
});

/** What people see of past and running transfers. Reads only. */
export class History {
  /** Asked for twice a second. */
  private readonly recentOnes: StatementSyncInstance;
  private readonly todays: StatementSyncInstance;
  private readonly later: Readonly<Record<'transfer_id' | 'file_id', StatementSyncInstance>>;

  constructor(private readonly database: DatabaseSyncInstance) {
    const later = (of: 'transfer_id' | 'file_id') => database.prepare(`SELECT ${confirmedLater(of, '?1')} AS rows`);
    this.later = { transfer_id: later('transfer_id'), file_id: later('file_id') };
    this.recentOnes = database.prepare(
      "SELECT * FROM transfers WHERE folder_id IS NULL AND (state = 'running' OR id IN (SELECT id FROM transfers WHERE folder_id IS NULL ORDER BY started_at DESC, id DESC LIMIT ?)) ORDER BY started_at DESC, id DESC",
    );
    this.todays = database.prepare(
      "SELECT rows_confirmed, rows_rejected, bytes_sent, requests FROM daily WHERE day = date('now', 'localtime')",
    );
  }

  transfer(id: string): Transfer | undefined {
    const row: unknown = this.database.prepare('SELECT * FROM transfers WHERE id = ?').get(id);
    return row === undefined ? undefined : this.toTransfer(row);
  }

  /** Running ones, and the newest others up to `limit`; newest first. Those of watched folders are told by their folder. */
  recent(limit: number): readonly Transfer[] {
    return this.recentOnes.all(limit).map((row) => this.toTransfer(row));
  }

  /** What was settled today, local time. */
  today(): Flow['today'] {
    const row: unknown = this.todays.get();
    if (row === undefined) return { rowsConfirmed: 0, rowsRejected: 0, bytesSent: 0, requests: 0 };
    const found = dailyRow.parse(row);
    return {
      rowsConfirmed: found.rows_confirmed,
      rowsRejected: found.rows_rejected,
      bytesSent: found.bytes_sent,
      requests: found.requests,
    };
  }

  list(query: ParsedInput<'history.list'>): CommandOutput<'history.list'> {
    const search = query.search === undefined || query.search === '' ? null : `%${query.search.replace(/[\\%_]/g, '\\$&')}%`;
    const rows = this.database
      .prepare(
        `SELECT * FROM transfers AS t
         WHERE (?1 IS NULL OR ${shownState} = ?1) AND (?2 IS NULL OR t.started_at < ?2)
           AND (?3 IS NULL OR t.connection_name LIKE ?3 ESCAPE '\\' OR EXISTS (SELECT 1 FROM files AS f WHERE f.transfer_id = t.id AND f.path LIKE ?3 ESCAPE '\\'))
         ORDER BY t.started_at DESC, t.id DESC LIMIT ?4`,
      )
      .all(query.state ?? null, query.before ?? null, search, query.limit + 1);
    return { transfers: rows.slice(0, query.limit).map((row) => this.toTransfer(row)), more: rows.length > query.limit };
  }

  batches(query: ParsedInput<'history.batches'>): CommandOutput<'history.batches'> {
    const total = z
      .object({ total: number })
      .parse(
        this.database
          .prepare('SELECT count(*) AS total FROM batches JOIN files ON files.id = batches.file_id WHERE files.transfer_id = ?')
          .get(query.transferId),
      );
    const batches = this.database
      .prepare(
        `SELECT files.name AS file_name, batches.* FROM batches JOIN files ON files.id = batches.file_id
         WHERE files.transfer_id = ? ORDER BY batches.id LIMIT ? OFFSET ?`,
      )
      .all(query.transferId, query.limit, query.offset)
      .map((found) => {
        const row = batchRow.parse(found);
        return {
          fileName: row.file_name,
          name: row.name,
          firstRow: row.from_row + 1,
          lastRow: row.to_row,
          events: row.events,
          state: row.state,
          attempts: row.attempts,
          bytes: row.bytes,
          ...(row.status === null ? {} : { status: row.status }),
          ...(row.request_id === null ? {} : { requestId: row.request_id }),
          ...(row.answer === null ? {} : { answer: row.answer }),
        };
      });
    return { batches, total: total.total };
  }

  private toTransfer(found: unknown): Transfer {
    const row = transferRow.parse(found);
    const totals = totalsRow.parse(
      this.database
        .prepare(
          `SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS size_bytes, coalesce(sum(bytes_read), 0) AS bytes_read,
             coalesce(sum(rows_read), 0) AS rows_read, coalesce(sum(rows_confirmed), 0) AS rows_confirmed, coalesce(sum(rows_rejected), 0) AS rows_rejected,
             coalesce(sum(rows_held), 0) AS rows_held, coalesce(sum(possibly_repeated), 0) AS possibly_repeated
           FROM files WHERE transfer_id = ?`,
        )
        .get(row.id),
    );
    const files = this.database
      .prepare(
        'SELECT files.*, named.name AS mapping_name FROM files LEFT JOIN named_mappings AS named ON named.id = files.mapping_id WHERE files.transfer_id = ? ORDER BY files.rowid LIMIT ?',
      )
      .all(row.id, listedFiles)
      .map((file) => this.toFile(file));
    const failure = parseFailure(row.failure);
    return {
      id: row.id,
      connectionId: row.connection_id,
      connectionName: row.connection_name,
      route: row.route,
      state: row.state,
      startedAt: row.started_at,
      ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
      files,
      moreFiles: totals.files - files.length,
      ledger: addLedgers(emptyLedger, ledgerOf(totals)),
      ...this.confirmedLater('transfer_id', row.id),
      bytesTotal: totals.size_bytes,
      bytesRead: totals.bytes_read,
      bytesSent: row.bytes_sent,
      requests: row.requests,
      retries: row.retries,
      rowsPerSecond: 0,
      bytesPerSecond: 0,
      ...(failure === undefined ? {} : { failure }),
    };
  }

  /** Rows that replays of the rejects confirmed. */
  private confirmedLater(of: 'transfer_id' | 'file_id', id: string): { readonly confirmedLater?: number } {
    const { rows } = rowsRow.parse(this.later[of].get(id));
    return rows === 0 ? {} : { confirmedLater: rows };
  }

  private toFile(found: unknown): TransferFile {
    const row = fileRow.parse(found);
    return { ...toFile(row), ...this.confirmedLater('file_id', row.id), mapping: this.mappingOf(row) };
  }

  /** What its rows were sent by; a mapping that none of its rows went by is not told. */
  private mappingOf(row: z.infer<typeof fileRow>): UsedMapping {
    const used = { ...nameAndVersion(row.mapping_name, row.mapping_version), digest: row.mapping_digest };
    if (row.earlier_mappings === null) return used;
    const earlier = earlierMappings.parse(JSON.parse(row.earlier_mappings)).map(({ id, version, digest, untilRow }) => {
      const found: unknown = id === null ? undefined : this.database.prepare('SELECT name FROM named_mappings WHERE id = ?').get(id);
      return { ...nameAndVersion(found === undefined ? null : nameRow.parse(found).name, version), digest, untilRow };
    });
    const withRows = earlier.filter(({ untilRow }, at) => untilRow > (earlier[at - 1]?.untilRow ?? 0));
    const last = withRows.at(-1);
    if (last === undefined || row.planned_row === null || row.planned_row > last.untilRow) return { ...used, earlier: withRows };
    const { untilRow: _untilRow, ...now } = last;
    return withRows.length === 1 ? now : { ...now, earlier: withRows.slice(0, -1) };
  }
}

const nameAndVersion = (name: string | null, version: number | null): Pick<UsedMapping, 'name' | 'version'> =>
  name === null || version === null ? {} : { name, version };

function toFile(row: z.infer<typeof fileRow>): TransferFile {
  const counts = z.record(z.string(), number).parse(JSON.parse(row.rejects_by_code));
  const failure = parseFailure(row.failure);
  return {
    id: row.id,
    path: row.path,
    name: row.name,
    sizeBytes: row.size_bytes,
    state: row.state,
    ...(failure === undefined ? {} : { failure }),
    ledger: ledgerOf(row),
    bytesRead: row.bytes_read,
    rejects: rejectCodes.flatMap((code) => (counts[code] === undefined ? [] : [{ code, rows: counts[code] }])),
  };
}
