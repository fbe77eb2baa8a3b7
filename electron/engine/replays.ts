/** record → read: rows that were rejected, as they stand in their file by now, sent once more. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { MappingRef } from '../../shared/contract/mappings.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import { isDirectRoute } from '../../shared/model/route.ts';
import { UploaderError } from './errors.ts';
import type { GivenBackRows } from './given-back-rows.ts';
import type { FileRecord } from './record/file-record.ts';
import type { History } from './record/history.ts';
import type { Journal } from './record/journal.ts';
import { rejectSources } from './record/reject-lines.ts';
import { readReplayLines, writeReplayLines } from './record/replay-lines.ts';
import type { ReplayStore } from './record/replay-store.ts';
import type { Uploads } from './uploads.ts';

interface ReplaysParts {
  readonly journal: Journal;
  readonly history: History;
  readonly store: ReplayStore;
  readonly rejectsDir: string;
  readonly uploads: Pick<Uploads, 'start' | 'retry' | 'cancel' | 'current'>;
  readonly givenBack: GivenBackRows;
  readonly tell: (transfer: Transfer) => void;
  readonly now: () => number;
}

interface StartedReplay {
  readonly transferId: string;
  readonly rows: number;
  /** It is an earlier replay that was held and goes on. */
  readonly continued: boolean;
}

interface ReplayFile {
  readonly path: string;
  readonly mapping: Mapping;
  readonly mappingRef: MappingRef | undefined;
  readonly rows: number;
}

export class Replays {
  constructor(private readonly parts: ReplaysParts) {}

  /**
   * Sends the rejected rows of a transfer, as they were corrected in its files of rejects, and nothing else. What a replay
   * confirms, the first transfer shows as confirmed later; what it rejects is in the replay's own file and is taken from there the
   * next time. A replay that was held goes on before another is begun; one that was cancelled has given its rows back.
   * Throws `transfer-unknown`, `transfer-running`, `no-files` when no rejected row is left.
   */
  async start(transferId: string): Promise<StartedReplay> {
    const transfer = this.ended(transferId);
    const held = this.held(transferId);
    if (held !== undefined) {
      await this.parts.uploads.retry(held.transferId);
      return { ...held, continued: true };
    }
    const files: ReplayFile[] = [];
    for (const file of this.parts.journal.filesOf(transferId)) {
      const replay = await this.prepare(file);
      if (replay !== undefined) files.push(replay);
    }
    if (files.length === 0) throw new UploaderError('no-files', 'no rejected row of this transfer is left to be sent', { transferId });
    const { connectionId, route } = transfer;
    const [first] = this.parts.journal.filesOf(transferId);
    // To the bucket or stream that the first transfer was for, whatever the connection says by now.
    const objectStore = route === 's3' && first !== undefined ? this.parts.journal.object(first.id).target : undefined;
    const directStream = isDirectRoute(route) && first !== undefined ? this.parts.journal.directStream(first.id) : undefined;
    const started = await this.parts.uploads
      .start({
        files: files.map(({ path, mapping, mappingRef }) => ({ path, mapping, mappingRef })),
        ...{ connectionId, route, again: false, objectStore, directStream },
        // They are rejects already: those that still do not fit stay so.
        acceptRejects: true,
      })
      .catch((error: unknown) => {
        for (const { path } of files) this.parts.store.remove(path);
        throw error;
      });
    return { transferId: started, rows: files.reduce((sum, { rows }) => sum + rows, 0), continued: false };
  }

  /**
   * Ends a held replay of the rejected rows of a transfer: what it did not send stands among the rejects again. Throws `transfer-unknown`, `transfer-running`, `no-files` when none is held.
   */
  async giveUp(transferId: string): Promise<void> {
    this.ended(transferId);
    const held = this.held(transferId);
    if (held === undefined) throw new UploaderError('no-files', 'no replay of this transfer is held', { transferId });
    this.parts.journal.cancelHeld(held.transferId, this.parts.now());
    await this.giveBack(held.transferId);
  }

  /** Stops a transfer, be it a replay or not. Rows of a replay that were not sent stand among the rejects again. Throws `transfer-unknown`. */
  async cancel(transferId: string): Promise<void> {
    await this.parts.uploads.cancel(transferId);
    await this.giveBack(transferId);
  }

  private async giveBack(replayTransferId: string): Promise<void> {
    const origins = this.parts.store.originsOf(replayTransferId);
    for (const origin of origins) {
      for (const file of this.parts.journal.filesOf(origin)) await this.parts.givenBack.ofFile(file);
    }
    const replay = origins.length === 0 ? undefined : this.parts.uploads.current(replayTransferId);
    if (replay !== undefined) this.parts.tell(replay);
  }

  private ended(transferId: string): Transfer {
    const transfer = this.parts.history.transfer(transferId);
    if (transfer === undefined) throw new UploaderError('transfer-unknown', `there is no transfer ${transferId}`, { transferId });
    if (transfer.state === 'running') throw new UploaderError('transfer-running', 'the transfer is running', { transferId });
    return transfer;
  }

  /** The replay of rows of a transfer that is held, with the rows that are left of it. */
  private held(transferId: string): Omit<StartedReplay, 'continued'> | undefined {
    const { journal, history, store } = this.parts;
    const unfinished = journal
      .filesOf(transferId)
      .map((file) => store.unfinished(file))
      .filter((replay) => replay !== undefined);
    const first = unfinished.find((replay) => history.transfer(replay.transferId)?.state === 'held');
    if (first === undefined) return undefined;
    const rows = unfinished.reduce((sum, replay) => sum + (replay.transferId === first.transferId ? replay.rowsLeft : 0), 0);
    return { transferId: first.transferId, rows };
  }

  /** Writes the rows of one file that are to be sent; undefined when there is none. */
  private async prepare(file: FileRecord): Promise<ReplayFile | undefined> {
    const { store } = this.parts;
    await this.parts.givenBack.ofFile(file);
    if (store.unfinished(file) !== undefined) {
      throw new UploaderError('transfer-running', 'an earlier replay of these rows has not come to its end', { path: file.path });
    }
    const origin = store.origin(file);
    const { path: rejectsPath, replayPath } = store.open(file);
    if (rejectsPath === undefined) return undefined;
    // In a folder of its own, so that the file keeps its name: a mapping can take the metric type from it.
    const path = join(this.parts.rejectsDir, `replay-${origin.fileId}-${String(store.count(file) + 1)}`, file.name);
    const { rows, kind, delimiter } = await writeSources(rejectsPath, path, await readReplayLines(replayPath));
    if (rows === 0) return undefined;
    store.add(path, origin.fileId, origin.transferId, rows);
    const format = { ...file.mapping.format, kind, encoding: 'utf-8' as const, ...(delimiter === undefined ? {} : { delimiter }) };
    return { path, mapping: { ...file.mapping, format }, mappingRef: file.mappingRef, rows };
  }
}

/** @param known the lines of the source that the rows stood in at first, where they are those of a replay */
async function writeSources(from: string, to: string, known: ReadonlyMap<number, number>) {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const sources = await rejectSources(from);
  const out = createWriteStream(to, { mode: 0o600 });
  const lines = writeReplayLines(to);
  let rows = 0;
  let own = sources.headerText === '' ? 1 : 2;
  if (sources.headerText !== '') out.write(`${sources.headerText}\n`);
  for await (const { line: at, source } of sources.rows) {
    if (source.trim() === '') continue;
    rows += 1;
    // An element of an array may have stood on several lines; between values a line end is a blank like any other.
    const line = sources.kind === 'ndjson' ? source.replace(/[\r\n]+/g, ' ') : source;
    if (!out.write(`${line}\n`)) await once(out, 'drain');
    if (!lines.write(`${String(own)} ${String(known.get(at) ?? at)}\n`)) await once(lines, 'drain');
    own += line.split('\n').length;
  }
  out.end();
  lines.end();
  await Promise.all([finished(out), finished(lines)]);
  return { rows, kind: sources.kind, delimiter: sources.delimiter };
}
