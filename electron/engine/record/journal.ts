import { z } from 'zod';
import type { Failure } from '../../../shared/contract/common.ts';
import type { TransferState } from '../../../shared/contract/transfers.ts';
import type { Route } from '../model.ts';
import { VersionJournal } from './version-journal.ts';

const idRow = z.object({ id: z.string() });

/**
 * The journal: the plan of every request before it is sent, its outcome after, and the ledger of every file version.
 * Each call is one transaction, so a process that is killed leaves the state before a call or the one after it.
 */
export class Journal extends VersionJournal {
  addTransfer(transfer: {
    readonly id: string;
    readonly connectionId: string;
    readonly connectionName: string;
    readonly route: Route;
    readonly startedAt: number;
    /** The watched folder that its files are of. */
    readonly folderId?: string | undefined;
  }): void {
    this.write(
      'INSERT INTO transfers (id, connection_id, connection_name, route, state, started_at, folder_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
      transfer.id,
      transfer.connectionId,
      transfer.connectionName,
      transfer.route,
      'running',
      transfer.startedAt,
      transfer.folderId ?? null,
    );
  }

  setTransferState(id: string, state: TransferState, failure: Failure | undefined, finishedAt: number | undefined): void {
    this.write(
      'UPDATE transfers SET state = ?, failure = ?, finished_at = ? WHERE id = ?',
      state,
      failure === undefined ? null : JSON.stringify(failure),
      finishedAt ?? null,
      id,
    );
  }

  /**
   * Transfers that were running when the last run ended wait from now on, and so do their files; those of watched folders go on
   * with their folder. What is known of their
   * requests stays as it is: one that was under way may have been applied.
   */
  holdInterrupted(reason: Failure, nowMs: number): void {
    const text = JSON.stringify(reason);
    this.atomically(() => {
      this.prepare(
        "UPDATE files SET state = 'held', failure = ? WHERE state IN ('queued', 'sending', 'waiting') AND transfer_id IN (SELECT id FROM transfers WHERE state = 'running' AND folder_id IS NULL)",
      ).run(text);
      this.prepare("UPDATE transfers SET state = 'held', failure = ?, finished_at = ? WHERE state = 'running' AND folder_id IS NULL").run(
        text,
        nowMs,
      );
    });
  }

  /** Nothing more of a transfer that does not run is sent. */
  cancelHeld(id: string, nowMs: number): void {
    this.atomically(() => {
      this.prepare(
        "UPDATE files SET state = 'cancelled', failure = NULL WHERE transfer_id = ? AND state IN ('queued', 'sending', 'waiting', 'held')",
      ).run(id);
      this.setTransferState(id, 'cancelled', undefined, nowMs);
    });
  }

  /** The run ends in order: whoever waited for its transfers has heard of their end. */
  closeTransfers(): void {
    this.write("UPDATE transfers SET closed = 1 WHERE closed = 0 AND state <> 'running'");
  }

  /** Transfers, ended or not, of runs that did not end in order. */
  unclosedTransfers(): readonly string[] {
    return this.prepare('SELECT id FROM transfers WHERE closed = 0 AND folder_id IS NULL')
      .all()
      .map((row) => idRow.parse(row).id);
  }

  /** Transfers that were running when the last run ended. */
  interruptedTransfers(): readonly string[] {
    return this.prepare("SELECT id FROM transfers WHERE state = 'running' AND folder_id IS NULL ORDER BY started_at")
      .all()
      .map((row) => idRow.parse(row).id);
  }
}
