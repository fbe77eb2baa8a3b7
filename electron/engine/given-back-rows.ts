/** read → record: rows that a cancelled replay did not send stand among the rejects again. */
import type { Reject } from './model.ts';
import { readRowSources, type RowSource } from './read/row-sources.ts';
import type { FileRecord } from './record/file-record.ts';
import type { History } from './record/history.ts';
import type { Journal } from './record/journal.ts';
import { rejectEntries, rejectSources, type RejectEntry } from './record/reject-lines.ts';
import { readReplayLines } from './record/replay-lines.ts';
import type { ReplayStore } from './record/replay-store.ts';
import { RejectRecord } from './reject-record.ts';

interface GivenBackParts {
  readonly journal: Journal;
  readonly history: History;
  readonly store: ReplayStore;
  readonly rejectsDir: string;
}

/** The last replay of the rows of a file, and where these stood before it. */
interface Cancelled {
  readonly origin: FileRecord;
  readonly replay: FileRecord;
  readonly rejectsPath: string;
  /** The file of the replay before, when these are rows that it rejected. */
  readonly replayPath: string | undefined;
}

export class GivenBackRows {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(private readonly parts: GivenBackParts) {}

  /**
   * When the last replay of the rejected rows of a file was cancelled, those of them that it neither had confirmed nor rejected stand
   * in its own file of rejects afterwards, as they were before it; else nothing. Rows of a request whose answer never came are counted
   * as possibly repeated. Throws `file-missing` when the file of the replay or of the rejects is gone.
   */
  async ofFile(origin: FileRecord): Promise<void> {
    const { journal, history, store } = this.parts;
    const last = store.unfinished(origin);
    if (last === undefined || history.transfer(last.transferId)?.state !== 'cancelled') return;
    const { path: rejectsPath, replayPath } = store.openBefore(origin);
    if (rejectsPath === undefined) return;
    const known = this.underWay.get(last.fileId);
    if (known !== undefined) return known;
    const work = this.giveBack({ origin, replay: journal.file(last.fileId), rejectsPath, replayPath }).finally(() => {
      this.underWay.delete(last.fileId);
    });
    this.underWay.set(last.fileId, work);
    return work;
  }

  private async giveBack(cancelled: Cancelled): Promise<void> {
    const { journal, rejectsDir } = this.parts;
    const { replay, rejectsPath } = cancelled;
    const { kind, delimiter, headerText } = await rejectSources(rejectsPath);
    const { rows, mayBeRepeated } = await this.leftOf(replay, headerText === '' ? 0 : -1);
    const rejects = await rejectedAsBefore(rows, cancelled);
    const record = new RejectRecord(replay, journal, rejectsDir);
    try {
      record.open(kind, delimiter ?? ',', headerText);
      journal.giveBack(
        replay.id,
        rejects.map(({ code }) => code),
        mayBeRepeated,
        record.append(rejects),
      );
    } finally {
      record.dispose();
    }
  }

  /** @param firstRow number of the first record: the header is none, so it comes before row 0 */
  private async leftOf(replay: FileRecord, firstRow: number) {
    const { journal } = this.parts;
    const open = journal.openBatches(replay.id);
    const isOpen = ({ from, to, remaining }: (typeof open)[number], row: number): boolean =>
      row >= from.row && row < to.row && (remaining?.includes(row) ?? true);
    const has = (row: number): boolean => row >= 0 && (row >= (replay.planned?.row ?? 0) || open.some((batch) => isOpen(batch, row)));
    const begin = { byte: 0, row: firstRow, line: 1 };
    const end = { byte: Infinity, row: Infinity, line: Infinity };
    const found = await readRowSources(replay.path, replay.mapping.format, begin, end, { has });
    const rejected = new Set<number>();
    if (replay.rejectsPath !== undefined) {
      for await (const entry of rejectEntries(replay.rejectsPath)) if (entry.kind === 'row') rejected.add(entry.line);
    }
    const rows = found.filter(({ line }) => !rejected.has(line));
    const isTold = replay.route === 's3' && journal.object(replay.id).state === 'referenced';
    const mayBeRepeated = rows.filter(({ row }) => isTold || open.some((batch) => batch.mayBeApplied && isOpen(batch, row))).length;
    return { rows, mayBeRepeated };
  }
}

/** With the reason that each had, and as it stands among the rejects by now: somebody may have corrected it there since. */
async function rejectedAsBefore(rows: readonly RowSource[], { replay, rejectsPath, replayPath }: Cancelled): Promise<readonly Reject[]> {
  const sourceLines = await readReplayLines(replay.path);
  const before = await readReplayLines(replayPath);
  const entries = new Map<number, RejectEntry>();
  for await (const entry of rejectEntries(rejectsPath)) {
    if (entry.kind === 'row') entries.set(before.get(entry.line) ?? entry.line, entry);
  }
  return rows.map(({ row, line, source }): Reject => {
    const entry = entries.get(sourceLines.get(line) ?? -1);
    const { column, code, reason } = entry ?? { column: '', code: 'server-rejected' as const, reason: 'its replay was cancelled' };
    return { row, line, column, code, reason, source: entry?.source ?? source };
  });
}
