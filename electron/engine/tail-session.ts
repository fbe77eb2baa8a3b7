/** read → shape → batch, for the files of a watched folder: what the tail reader's thread does for one session. */
import { assertNever, failure, UploaderError } from './errors.ts';
import { FirstRows } from './read/first-rows.ts';
import { FramedRecords } from './read/framed-records.ts';
import { lookBytes } from './read/tail-begin.ts';
import { TailFile, type TailStand } from './read/tail-file.ts';
import { firstRowOf, goesOn } from './read/tail-edges.ts';
import type { FileFacts, TailHandles } from './read/tail-handles.ts';
import {
  maxTailRecordBytes,
  type FromTailReader,
  type TailOutcome,
  type TailSettings,
  type TailTarget,
  type ToTailReader,
} from './read/tail-protocol.ts';
import { TailQueue } from './read/tail-queue.ts';
import { TailScratch } from './read/tail-text.ts';
import { compileShaper, type RecordShaper } from './row-shaping.ts';
import { SeenFields } from './shape/seen-fields.ts';
import type { FieldTypes } from './shape/shaper.ts';
import { TailClosed, TailGather } from './tail-gather.ts';
import { addPassedRow, addRows, blockAt, passRow, type BlankLines, type RowsOf } from './tail-rows.ts';

/** Looks after which a body that is wanted goes out although files are waiting. */
const mostTurnsBeforeFlush = 64;
/** Compiled mappings that are kept. Files of a folder mostly have the same columns. */
const mostShapers = 200;

type ToSession = Exclude<ToTailReader, { kind: 'tail-open' | 'tail-close' }>;

export class TailSession {
  private readonly files = new Map<string, TailFile>();
  private readonly targets = new Map<TailFile, TailTarget>();
  private readonly queue = new TailQueue<TailFile>();
  private readonly blanks = new Map<TailFile, BlankLines>();
  private readonly records = new FramedRecords();
  /** Hashes of the first rows of its files: one that begins like another may be a copy in the making. */
  private readonly firstRows: FirstRows;
  private readonly shapers = new Map<string, RecordShaper>();
  private readonly fieldTypes: FieldTypes;
  private readonly gather: TailGather;
  private readonly seen: SeenFields;
  private readonly scratch = new TailScratch();
  private readonly throughGzip = new Set<TailFile>();
  private flushWanted = false;
  private turnsSinceRow = 0;
  private working: Promise<void> | undefined;
  private closed = false;
  private inTurn: TailFile | undefined;
  /** Files that were forgotten are closed one after the other. */
  private closing: Promise<void> = Promise.resolve();

  /** @param post gets what the session has to say; `tail-closed` comes from whoever closes it */
  constructor(
    private readonly session: number,
    private readonly settings: TailSettings,
    private readonly handles: TailHandles,
    private readonly post: (message: FromTailReader) => void,
  ) {
    this.fieldTypes = new Map(settings.fieldTypes.map(([metric, fields]) => [metric, new Map(fields)] as const));
    this.firstRows = new FirstRows(settings.firstRows);
    this.seen = new SeenFields(settings.mapping.constants);
    this.gather = new TailGather(settings, (body) => {
      this.flushWanted = false;
      this.post({ kind: 'tail-body', session, ...body, seen: this.seen.takeWhenDue() });
    });
  }

  handle(message: ToSession): void {
    if (this.closed) return;
    switch (message.kind) {
      case 'tail-look':
        for (const target of message.targets) this.look(target);
        break;
      case 'tail-flush':
        this.flushWanted = true;
        this.turnsSinceRow = 0;
        break;
      case 'tail-forget':
        this.forget(message.fileId);
        break;
      case 'tail-sent':
        for (const file of this.gather.sent(message.slot)) this.dropWhenIdle(file);
        return;
      default:
        assertNever(message);
    }
    this.wake();
  }

  /** Reads nothing more and closes all files. */
  async close(): Promise<void> {
    this.closed = true;
    this.gather.close();
    await this.working;
    for (const file of this.files.values()) await file.close();
    this.files.clear();
  }

  private look(target: TailTarget): void {
    const { fileId } = target;
    let file = this.files.get(fileId);
    if (file === undefined) {
      const { handles, scratch, throughGzip } = this;
      const created: TailFile = new TailFile(fileId, { handles, scratch, throughGzip, format: this.settings.mapping.format }, () =>
        this.dropWhenIdle(created),
      );
      file = created;
      this.files.set(fileId, file);
    }
    this.targets.set(file, target);
    this.queue.add(file);
  }

  private forget(fileId: string): void {
    const file = this.files.get(fileId);
    if (file === undefined) return;
    this.files.delete(fileId);
    this.targets.delete(file);
    this.queue.remove(file);
    this.blanks.delete(file);
    // In the middle of its turn it is closed at the end of it.
    if (this.inTurn !== file) this.closing = this.closing.then(() => file.close());
  }

  private wake(): void {
    this.working ??= this.work()
      .catch((error: unknown) => {
        if (error instanceof TailClosed) return;
        this.closed = true;
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.post({ kind: 'tail-failed', session: this.session, failure: failure('internal', text) });
      })
      .finally(() => {
        this.working = undefined;
        if (!this.closed && (!this.queue.isEmpty || this.isFlushDue)) this.wake();
      });
  }

  private get isFlushDue(): boolean {
    return this.flushWanted && this.gather.rowCount > 0;
  }

  private async work(): Promise<void> {
    let didWork = false;
    while (!this.closed) {
      if (this.isFlushDue && (this.queue.isEmpty || this.turnsSinceRow >= mostTurnsBeforeFlush)) {
        await this.gather.give(0);
        didWork = true;
        continue;
      }
      const file = this.queue.take();
      if (file === undefined) break;
      didWork = true;
      this.turnsSinceRow = this.gather.rowCount > 0 ? this.turnsSinceRow + 1 : 0;
      await this.turn(file);
    }
    await this.closing;
    if (didWork && !this.closed) this.post({ kind: 'tail-drained', session: this.session, gathered: this.gather.rowCount });
  }

  private async turn(file: TailFile): Promise<void> {
    const target = this.targets.get(file);
    if (target === undefined) return;
    this.inTurn = file;
    let outcome: TailOutcome | undefined;
    try {
      outcome = await this.read(file, target);
    } catch (error) {
      if (!(error instanceof UploaderError)) throw error;
      outcome = { kind: 'failed', failure: error.toFailure() };
    } finally {
      this.inTurn = undefined;
      file.nextRow = file.stand?.position.row ?? file.nextRow;
      await file.release(outcome === undefined);
    }
    if (this.files.get(file.fileId) !== file) {
      await file.close();
      return;
    }
    if (outcome === undefined) {
      this.queue.add(file);
      return;
    }
    this.post({ kind: 'tail-looked', session: this.session, fileId: file.fileId, outcome, nextRow: file.nextRow });
    if (outcome.kind === 'failed') await file.close();
    if (!this.queue.has(file)) this.targets.delete(file);
    this.dropWhenIdle(file);
  }

  /** Reads on in a file; undefined: there is more of it. */
  private async read(file: TailFile, target: TailTarget): Promise<TailOutcome | undefined> {
    const opened = await file.open(target);
    if (opened.kind !== 'ready') return opened.kind === 'told' ? opened.outcome : undefined;
    const { stand, facts, throughHandle } = opened;
    if (opened.since !== 'before') {
      this.blanks.delete(file);
      if (this.gather.segmentOf(file) !== undefined) this.gather.seal();
    }
    const shaper = this.shaperFor(file, target, stand);
    const rows = { file, stand, shaper, timeColumn: this.settings.mapping.timestamp.column, blanks: this.blanks };
    if (opened.since === 'begun') {
      const firstRow = this.settings.hashedRows === 0 ? undefined : await firstRowOf(stand, target.isFinal, this.records);
      if (firstRow !== undefined && target.mayBeTwin !== true && this.firstRows.has(firstRow)) {
        file.stand = undefined;
        return { kind: 'twin', firstRow };
      }
      if (firstRow !== undefined) this.firstRows.add(firstRow);
      this.post({ kind: 'tail-format', session: this.session, fileId: file.fileId, format: stand.format, firstRow });
    }
    return this.readRows(target, facts, throughHandle, rows);
  }

  private async readRows(
    { isFinal }: TailTarget,
    facts: FileFacts,
    throughHandle: boolean,
    rows: Omit<RowsOf, 'isTimeDependent'>,
  ): Promise<TailOutcome | undefined> {
    const { gather, records } = this;
    const { stand } = rows;
    let peeked = await stand.text.peek(lookBytes, isFinal);
    // The last row was taken without its line end, and now it goes on: it was another row.
    if (stand.passing === undefined && goesOn(stand, peeked.text)) {
      rows.file.stand = undefined;
      return { kind: 'changed', ...facts };
    }
    const atEnd = (openBytes: number): TailOutcome => {
      const sizeBytes = stand.format.read.gzip ? facts.sizeBytes : stand.text.fileBytes(openBytes) + peeked.cutBytes;
      const { fileKey } = facts;
      return { kind: 'at-end', position: stand.position, openBytes: openBytes + peeked.cutBytes, sizeBytes, fileKey, throughHandle };
    };
    if (stand.passing === undefined) {
      let framed = stand.framer.frame(peeked.text, 0, peeked.text.length, false, records);
      if (framed.consumed === 0 && !peeked.ended && peeked.text.length <= maxTailRecordBytes) {
        peeked = await stand.text.peek(maxTailRecordBytes + lookBytes, isFinal);
        framed = stand.framer.frame(peeked.text, 0, peeked.text.length, false, records);
      }
      const { text, ended } = peeked;
      const isLast = ended && isFinal;
      if (framed.consumed > 0 || text.length <= maxTailRecordBytes || isLast) {
        const found = await addRows(gather, { ...rows, isTimeDependent: false }, blockAt(stand, records, text, framed));
        if (found !== undefined) return found;
        const rest = text.subarray(framed.consumed);
        if (!isLast) return ended ? atEnd(rest.length) : undefined;
        if (rest.length === 0) return atEnd(0);
        const last = stand.framer.frame(rest, 0, rest.length, true, records);
        const drift = await addRows(gather, { ...rows, isTimeDependent: true }, blockAt(stand, records, rest, last));
        return drift ?? atEnd(0);
      }
    }
    const isLast = peeked.ended && isFinal;
    if (passRow({ ...rows, isTimeDependent: false }, peeked.text, isLast)) {
      const isCut = isLast && peeked.text.indexOf(stand.framer.newline) === -1;
      await addPassedRow(gather, { ...rows, isTimeDependent: isCut }, records);
      return undefined;
    }
    if (!peeked.ended) return undefined;
    const outcome = atEnd(0);
    return outcome.kind === 'at-end' ? { ...outcome, openBytes: outcome.openBytes + (stand.passing?.length ?? 0) } : outcome;
  }

  private shaperFor(file: TailFile, target: TailTarget, { format }: TailStand): RecordShaper {
    const { mapping, schema, maxEventBytes } = this.settings;
    const { kind, delimiter, quote, newline } = format.read;
    const fileName = mapping.metricType.kind === 'fileName' ? target.name : '';
    const key = JSON.stringify([kind, delimiter, quote, newline, fileName, format.columns]);
    const known = this.shapers.get(key);
    if (known !== undefined) return known;
    try {
      const settings = { mapping, fileName: target.name, fieldTypes: this.fieldTypes, schema, maxEventBytes, seen: this.seen };
      const shaper = compileShaper(target.path, settings, format.read, format.columns, maxTailRecordBytes);
      if (this.shapers.size >= mostShapers) this.shapers.clear();
      this.shapers.set(key, shaper);
      return shaper;
    } catch (error) {
      // It is looked at anew when somebody changed the header or the mapping.
      file.stand = undefined;
      throw error;
    }
  }

  /** Forgets where a file stands that is closed, waits for nothing and has no rows that the engine could not know of yet. */
  private dropWhenIdle(file: TailFile): void {
    if (this.files.get(file.fileId) !== file || this.inTurn === file || file.isOpen) return;
    if (this.targets.has(file) || this.gather.isConcerned(file) || this.blanks.has(file)) return;
    this.files.delete(file.fileId);
  }
}
