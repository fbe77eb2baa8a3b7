import type { Hash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { FormatSettings } from '../../../shared/contract/mapping.ts';
import { UploaderError } from '../errors.ts';
import type { Position } from '../model.ts';
import { unreadable } from './byte-source.ts';
import { recordKind, type Framer } from './framed-records.ts';
import { framerFor, openRows } from './open-rows.ts';
import { begin } from './tail-begin.ts';
import { GzipText } from './tail-gzip.ts';
import { factsNow, factsOf, type FileFacts, type TailHandle, type TailHandles } from './tail-handles.ts';
import type { TailIdentity } from './tail-identity.ts';
import { allRows, KnownRows, type PassedRows } from './tail-known-rows.ts';
import { maxTailRecordBytes, type TailFormat, type TailOutcome, type TailTarget } from './tail-protocol.ts';
import { resume } from './tail-resume.ts';
import { hasSentRows } from './tail-sent-rows.ts';
import type { FileText, TailScratch } from './tail-text.ts';

/** Where a file is read on, and how. */
export interface TailStand {
  readonly format: TailFormat;
  readonly framer: Framer;
  readonly text: FileText | GzipText;
  readonly identity: TailIdentity;
  /** Behind the last row, or behind blank lines that follow it. */
  position: Position;
  /** A row behind `position` that is too long to be held and whose end was not found yet: the text is in the middle of it. */
  passing?: PassingRow | undefined;
}

/** What is kept of a row that goes by unheld. */
export interface PassingRow {
  readonly hash: Hash;
  /** At most the first 4,096 bytes of it. */
  start: Buffer;
  /** At most the last 1,024 bytes of it. */
  last: Buffer;
  length: number;
}

export type Opened =
  | {
      readonly kind: 'ready';
      readonly stand: TailStand;
      /** `begun`: how it is read was found out just now. `moved`: it stands elsewhere than after the look before. */
      readonly since: 'begun' | 'moved' | 'before';
      readonly facts: FileFacts;
      readonly throughHandle: boolean;
    }
  | { readonly kind: 'told'; readonly outcome: TailOutcome }
  /** Too many gzipped files are being read through at the moment. */
  | { readonly kind: 'later' };

export interface TailContext {
  readonly handles: TailHandles;
  readonly scratch: TailScratch;
  readonly format: FormatSettings;
  /** Gzipped files that are open in the middle. */
  readonly throughGzip: Set<TailFile>;
}

const mostThroughGzip = 16;

/**
 * Within one look, only every so manyth turn asks what stands at the path; it is also when messages are heard that came
 * meanwhile.
 */
const turnsPerStat = 8;

interface Reached {
  readonly handle: TailHandle;
  readonly facts: FileFacts;
  readonly throughHandle: boolean;
}

/** A file that is tailed: open or not, and where it stands. */
export class TailFile {
  stand: TailStand | undefined;
  known: PassedRows | undefined;
  /** Number of the row that is read next: all before it were given out or are gathered. */
  nextRow: number | undefined;
  /** Rows that may be rejected until nothing more is read; undefined: any number. It knows of rows that are not planned yet. */
  rejectsLeft: number | undefined;
  private handle: TailHandle | undefined;
  /** The look that goes on in this turn. */
  private inMiddle: { readonly target: TailTarget; readonly turns: number; readonly throughHandle: boolean } | undefined;

  /** @param onIdle called when it was closed because others were looked at since */
  constructor(
    readonly fileId: string,
    private readonly context: TailContext,
    private readonly onIdle: () => void,
  ) {}

  get isOpen(): boolean {
    return this.handle?.closed === false;
  }

  /** Opens it where needed, and holds it against what it was. `release` has to follow. Throws `UploaderError`. */
  async open(target: TailTarget): Promise<Opened> {
    const { rejectsLeft } = target;
    this.rejectsLeft = rejectsLeft === undefined ? undefined : Math.min(rejectsLeft, this.rejectsLeft ?? rejectsLeft);
    const opened = await this.openFor(target);
    return opened.kind === 'ready' && this.rejectsLeft === 0 ? { kind: 'told', outcome: { kind: 'rejects-over' } } : opened;
  }

  private async openFor(target: TailTarget): Promise<Opened> {
    const reached = await this.reach(target);
    if ('kind' in reached) return { kind: 'told', outcome: reached };
    const { facts, handle, throughHandle } = reached;
    const { inMiddle, stand } = this;
    this.inMiddle = { target, turns: inMiddle?.target === target ? inMiddle.turns + 1 : 1, throughHandle };
    const isBehind = stand !== undefined && target.from !== undefined && target.from.byte > stand.position.byte;
    if (stand !== undefined && !isBehind && stand.text instanceof GzipText && this.context.throughGzip.has(this))
      return { kind: 'ready', stand, since: 'before', facts, throughHandle };
    if (stand !== undefined && !isBehind && !(stand.text instanceof GzipText)) {
      stand.text.readFrom(handle);
      if (stand.text.holds(handle, facts)) return this.ready(stand, 'before', target, reached);
      return { kind: 'told', outcome: { kind: 'changed', ...facts } };
    }
    return this.openAnew(target, reached);
  }

  /** Remains open, but may be closed. A gzipped file that is not in the middle of a look is closed. */
  async release(isInMiddle: boolean): Promise<void> {
    if (!isInMiddle) this.inMiddle = undefined;
    if (this.handle !== undefined) this.context.handles.release(this.handle);
    if (!isInMiddle && this.context.throughGzip.delete(this) && this.stand?.text instanceof GzipText) await this.stand.text.close();
  }

  async close(): Promise<void> {
    await this.release(false);
    if (this.handle !== undefined) await this.context.handles.close(this.handle);
    this.handle = undefined;
  }

  private async openAnew(target: TailTarget, reached: Reached): Promise<Opened> {
    const { context, stand } = this;
    const { handle, facts } = reached;
    const isBehind = stand === undefined || (target.from !== undefined && target.from.byte > stand.position.byte);
    const format = target.format ?? stand?.format;
    if (format === undefined) {
      if (context.throughGzip.size >= mostThroughGzip) return { kind: 'later' };
      const begun = await begin(handle, facts, target, context.format, context.scratch);
      if (begun.kind === 'told') return begun;
      const { text, identity } = begun;
      return this.ready(this.standOf(begun.format, text, identity, begun.format.firstRow), 'begun', target, reached);
    }
    if (format.read.gzip && context.throughGzip.size >= mostThroughGzip) return { kind: 'later' };
    const from = isBehind
      ? {
          format,
          position: target.from ?? format.firstRow,
          identity: target.identity ?? stand?.identity.after(Buffer.alloc(0)),
        }
      : { format: stand.format, position: stand.position, identity: stand.identity.after(Buffer.alloc(0)) };
    const resumed = await resume(handle, facts, from, context.scratch, target.isFinal);
    if (resumed.kind === 'changed') return { kind: 'told', outcome: { kind: 'changed', ...facts } };
    if (resumed.kind === 'cut') {
      const outcome = { kind: 'at-end', position: from.position, openBytes: 0, ...facts, throughHandle: reached.throughHandle } as const;
      return { kind: 'told', outcome };
    }
    const { text, identity } = resumed;
    return this.ready(this.standOf(from.format, text, identity, from.position), isBehind ? 'moved' : 'before', target, reached);
  }

  private standOf(format: TailFormat, text: FileText | GzipText, identity: TailIdentity, position: Position): TailStand {
    if (text instanceof GzipText) this.context.throughGzip.add(this);
    return { format, framer: framerFor(format.read, maxTailRecordBytes), text, identity, position };
  }

  private async ready(stand: TailStand, since: 'begun' | 'moved' | 'before', target: TailTarget, reached: Reached): Promise<Opened> {
    this.stand = stand;
    if (!(stand.text instanceof GzipText)) stand.text.readFrom(reached.handle);
    const isCompared = target.sentRowsPath !== undefined && since !== 'begun' && this.inMiddle?.turns === 1 && !reached.throughHandle;
    if (isCompared && !(await hasSentRows(target.path, stand, target.sentRowsPath))) {
      this.stand = undefined;
      return { kind: 'told', outcome: { kind: 'changed', ...reached.facts } };
    }
    if (target.passesOver === true) this.known = allRows;
    else if (target.knownRowsPath === undefined) this.known = undefined;
    else if (this.known === undefined || this.known === allRows || since !== 'before')
      this.known = await this.loadKnown(target.knownRowsPath, stand, target.path);
    return { kind: 'ready', stand, since, facts: reached.facts, throughHandle: reached.throughHandle };
  }

  /** What is left of the known rows behind those that were passed over before. */
  private async loadKnown(listPath: string, { format, position }: TailStand, path: string): Promise<KnownRows> {
    const known = await KnownRows.load(listPath);
    if (position.byte <= format.firstRow.byte) return known;
    const { source, reader } = await openRows(path, format.read, format.firstRow, maxTailRecordBytes, () => undefined);
    try {
      for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
        const { records, text, baseByte } = block;
        for (let at = 0; at < records.count; at += 1) {
          const start = records.starts[at] ?? 0;
          if (baseByte + start >= position.byte) return known;
          if (records.kinds[at] === recordKind.whole) known.takes(text, start, records.ends[at] ?? 0);
        }
      }
      return known;
    } finally {
      await source.close();
    }
  }

  /** The file that is meant: the one at the path, or the one that is still open. */
  private async reach(target: TailTarget): Promise<Reached | TailOutcome> {
    const { handles } = this.context;
    const { handle } = this;
    if (handle !== undefined && !handle.closed) {
      handles.use(handle);
      if (this.inMiddle?.target === target && this.inMiddle.turns % turnsPerStat !== 0)
        return { handle, facts: factsNow(handle), throughHandle: this.inMiddle.throughHandle };
      const atPath = await stat(target.path).then(factsOf, (error: unknown) => {
        const found = unreadable(target.path, error);
        if (found.code === 'file-missing') return found;
        throw found;
      });
      if (handle.fileKey === target.fileKey) {
        if (!(atPath instanceof UploaderError) && atPath.fileKey === handle.fileKey) return { handle, facts: atPath, throughHandle: false };
        const facts = factsNow(handle);
        if (this.stand?.format.read.gzip !== true) return { handle, facts, throughHandle: true };
      }
      if (atPath instanceof UploaderError) throw atPath;
      if (atPath.fileKey !== target.fileKey) return { kind: 'replaced', fileKey: atPath.fileKey };
      await handles.close(handle);
    }
    const { handle: opened, facts } = await handles.take(target.path, this.onIdle);
    this.handle = opened;
    if (facts.fileKey === target.fileKey) return { handle: opened, facts, throughHandle: false };
    await handles.close(opened);
    this.handle = undefined;
    return { kind: 'replaced', fileKey: facts.fileKey };
  }
}
