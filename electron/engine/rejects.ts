import type { CommandOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { OpenReject } from '../../shared/contract/transfers.ts';
import { UploaderError } from './errors.ts';
import type { GivenBackRows } from './given-back-rows.ts';
import type { FileRecord } from './record/file-record.ts';
import type { History } from './record/history.ts';
import type { Journal } from './record/journal.ts';
import { rejectSources } from './record/reject-lines.ts';
import { changeReject, readOpenRejects, readRejects, readWholeReject, type OpenRow } from './record/rejects-rows.ts';
import { readReplayLines } from './record/replay-lines.ts';
import type { ReplayStore } from './record/replay-store.ts';

/** Where the rejected rows of a file stand that nobody has sent yet. */
interface OpenRejects {
  readonly file: FileRecord;
  /** The file in the journal that the file of rejects belongs to: the same, or its last replay. */
  readonly ownerId: string;
  readonly path: string;
  readonly rows: number;
  readonly replayPath: string | undefined;
}

/** The rejected rows of transfers, from their files. */
export class Rejects {
  constructor(
    private readonly journal: Journal,
    private readonly history: History,
    private readonly replays: ReplayStore,
    private readonly givenBack: GivenBackRows,
  ) {}

  async list(query: ParsedInput<'rejects.list'>): Promise<CommandOutput<'rejects.list'>> {
    const transfer = this.known(query.transferId);
    const rejects: CommandOutput<'rejects.list'>['rejects'] = [];
    const paths: string[] = [];
    let skip = query.offset;
    for (const file of this.journal.filesOf(query.transferId)) {
      if (file.rejectsPath === undefined) continue;
      paths.push(file.rejectsPath);
      if (rejects.length >= query.limit) continue;
      const rows = await readRejects(file.rejectsPath, 0, skip + query.limit - rejects.length);
      rejects.push(...rows.slice(skip).map((row) => ({ fileName: file.name, ...row })));
      skip = Math.max(0, skip - rows.length);
    }
    return { rejects: rejects.slice(0, query.limit), total: transfer.ledger.rowsRejected, paths };
  }

  /** The rows that a replay would send by now. While a replay of some of them runs or is held, those are not among them. */
  async open(query: ParsedInput<'rejects.open'>): Promise<CommandOutput<'rejects.open'>> {
    this.known(query.transferId);
    const output: CommandOutput<'rejects.open'> = { rejects: [], total: 0, files: [], replays: [] };
    let skip = query.offset;
    for (const file of this.journal.filesOf(query.transferId)) {
      await this.givenBack.ofFile(file);
      const unfinished = this.replays.unfinished(file);
      if (unfinished !== undefined) {
        output.replays.push(unfinished.transferId);
        continue;
      }
      const open = this.openOf(file);
      if (open === undefined) continue;
      const { headerText } = await rejectSources(open.path);
      output.files.push({ fileId: file.id, path: open.path, header: headerText });
      output.total += open.rows;
      const room = query.limit - output.rejects.length;
      const rows = await readOpenRejects(open.path, skip, room);
      const shown = await this.shownFrom(open);
      output.rejects.push(...rows.map(shown));
      skip = rows.length > 0 ? 0 : Math.max(0, skip - open.rows);
    }
    return output;
  }

  /** A row with its whole text. Throws `not-found`. */
  async row({ transferId, fileId, at }: ParsedInput<'rejects.row'>): Promise<CommandOutput<'rejects.row'>> {
    const open = this.openIn(transferId, fileId);
    const shown = await this.shownFrom(open);
    return shown(await readWholeReject(open.path, at));
  }

  /** Throws `transfer-running`, `rejects-changed` when the row is not what was seen any more, `not-found`. */
  async save({ transferId, fileId, ...edit }: ParsedInput<'rejects.save'>): Promise<CommandOutput<'rejects.save'>> {
    const transfer = this.known(transferId);
    if (transfer.state === 'running') throw new UploaderError('transfer-running', 'the transfer is running', { transferId });
    const open = this.openIn(transferId, fileId);
    const shown = await this.shownFrom(open);
    return shown(await changeReject(open.path, edit, (bytes) => this.journal.setRejectsBytes(open.ownerId, bytes)));
  }

  /** With the name of the file and the line that the row stands in there, also when it was sent once more and rejected again. */
  private async shownFrom({ file, replayPath }: OpenRejects) {
    const lines = await readReplayLines(replayPath);
    return (row: OpenRow): OpenReject => ({ fileName: file.name, fileId: file.id, ...row, line: lines.get(row.line) ?? row.line });
  }

  private known(transferId: string) {
    const transfer = this.history.transfer(transferId);
    if (transfer === undefined) throw new UploaderError('transfer-unknown', `there is no transfer ${transferId}`, { transferId });
    return transfer;
  }

  private openIn(transferId: string, fileId: string): OpenRejects {
    const file = this.journal.filesOf(transferId).find(({ id }) => id === fileId);
    if (file !== undefined && this.replays.unfinished(file) !== undefined) {
      throw new UploaderError('transfer-running', 'these rows are being sent once more', { transferId });
    }
    const open = file === undefined ? undefined : this.openOf(file);
    if (open === undefined) throw new UploaderError('not-found', `there are no open rejects of the file ${fileId}`, { transferId });
    return open;
  }

  private openOf(file: FileRecord): OpenRejects | undefined {
    const { fileId, path, rows, replayPath } = this.replays.open(file);
    return path === undefined || rows === 0 ? undefined : { file, ownerId: fileId, path, rows, replayPath };
  }
}
