/** A tail session as tests use it: files are appended to, looked at, and what comes out is collected. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { mappingSchema, type MappingInput } from '../../../shared/contract/mapping.ts';
import type { Reject } from '../../../electron/engine/model.ts';
import { TailHandles } from '../../../electron/engine/read/tail-handles.ts';
import type {
  FromTailReader,
  TailFormat,
  TailOutcome,
  TailSegment,
  TailSettings,
  TailTarget,
} from '../../../electron/engine/read/tail-protocol.ts';
import { TailSession } from '../../../electron/engine/tail-session.ts';

export const csvMapping: MappingInput = { metricType: { kind: 'constant', value: 'w' }, timestamp: { column: 'timestamp' } };

export const settingsOf = (mapping: MappingInput = csvMapping, change: Partial<TailSettings> = {}): TailSettings => ({
  mapping: mappingSchema.parse(mapping),
  fieldTypes: [],
  maxEventBytes: 375_000,
  limits: { maxEvents: 500, maxBytes: 1_000_000 },
  bodies: 2,
  hashedRows: 100_000,
  firstRows: new Uint32Array(),
  ...change,
});

export interface TailRow {
  readonly row: number;
  readonly event: string;
}

export interface Told {
  readonly bodies: Extract<FromTailReader, { kind: 'tail-body' }>[];
  readonly segments: TailSegment[];
  readonly rows: TailRow[];
  readonly rejects: Reject[];
  readonly formats: { readonly fileId: string; readonly format: TailFormat }[];
  readonly outcomes: { readonly fileId: string; readonly outcome: TailOutcome }[];
  readonly messages: FromTailReader['kind'][];
}

export const fileKeyOf = (file: string): string => {
  const { dev, ino } = statSync(file);
  return `${dev}:${ino}`;
};

export const targetOf = (file: string, change: Partial<TailTarget> = {}): TailTarget => ({
  fileId: file,
  path: file,
  name: path.basename(file),
  fileKey: change.fileKey ?? fileKeyOf(file),
  from: undefined,
  format: undefined,
  identity: undefined,
  isFinal: false,
  acceptedColumns: undefined,
  ...change,
});

export class Tail {
  readonly told: Told = { bodies: [], segments: [], rows: [], rejects: [], formats: [], outcomes: [], messages: [] };
  readonly session: TailSession;
  readonly handles: TailHandles;
  /** Bodies are given back as soon as they are told. */
  givesBack = true;
  private readonly waiting: { readonly when: () => boolean; readonly resolve: () => void }[] = [];

  constructor(settings: TailSettings = settingsOf(), handles = new TailHandles()) {
    this.handles = handles;
    this.session = new TailSession(1, settings, handles, (message) => this.take(message));
  }

  /** Looks, gives out what is gathered, and resolves with what the last look came to. */
  async look(...targets: readonly TailTarget[]): Promise<TailOutcome> {
    const outcomes = this.told.outcomes.length;
    this.session.handle({ kind: 'tail-look', session: 1, targets });
    await this.until(() => this.told.outcomes.length >= outcomes + targets.length && this.told.messages.at(-1) === 'tail-drained');
    await this.flush();
    const last = this.told.outcomes.at(-1);
    if (last === undefined) throw new Error('nothing was told');
    return last.outcome;
  }

  /** Gives out the open body, when something is in it. */
  async flush(): Promise<void> {
    if (this.gathered === 0) return;
    this.session.handle({ kind: 'tail-flush', session: 1 });
    await this.until(() => this.gathered === 0);
  }

  gathered = 0;

  until(when: () => boolean): Promise<void> {
    if (when()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ when, resolve }));
  }

  giveBack(slot: number): void {
    this.session.handle({ kind: 'tail-sent', session: 1, slot });
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private take(message: FromTailReader): void {
    const { told } = this;
    told.messages.push(message.kind);
    if (message.kind === 'tail-failed') throw new Error(message.failure.message);
    if (message.kind === 'tail-format') told.formats.push(message);
    if (message.kind === 'tail-looked') told.outcomes.push(message);
    if (message.kind === 'tail-drained') this.gathered = message.gathered;
    if (message.kind === 'tail-body') {
      told.bodies.push(message);
      told.segments.push(...message.segments);
      const { bytes, starts, rows } = message.payload;
      const text = Buffer.from(bytes);
      for (const [at, row] of rows.entries()) told.rows.push({ row, event: text.toString('utf8', starts[at], (starts[at + 1] ?? 0) - 1) });
      for (const segment of message.segments) told.rejects.push(...segment.rejects);
      if (this.givesBack) this.giveBack(message.slot);
    }
    for (const entry of [...this.waiting]) {
      if (!entry.when()) continue;
      this.waiting.splice(this.waiting.indexOf(entry), 1);
      entry.resolve();
    }
  }
}

/** What a later session is told of a file of which these segments were planned. */
export function resumeOf({ segments, formats }: Told, fileId: string): Pick<TailTarget, 'from' | 'format' | 'identity'> {
  const last = segments.filter((segment) => segment.fileId === fileId).at(-1);
  return {
    from: last?.to,
    identity: last?.identity,
    format: last === undefined ? undefined : formats.filter((format) => format.fileId === fileId).at(-1)?.format,
  };
}

/** Segments of one file follow each other and account for each of their rows. */
export function expectGapFree({ segments }: Told): void {
  for (const [at, segment] of segments.entries()) {
    expect(segment.rowHashes.length).toBe((segment.to.row - segment.from.row) * 8);
    expect(segment.to.row - segment.from.row).toBe(segment.events + segment.rejects.length + segment.passedOver);
    if (at > 0) expect(segment.from).toEqual(segments[at - 1]?.to);
  }
}
