/** What a check counts, and the report it makes of it. */
import type { CheckReport } from '../../shared/contract/check.ts';
import type { RejectCode } from '../../shared/error-codes.ts';
import type { CompiledMetric } from './shape/compiled-schema.ts';
import type { Landing } from './shape/resolution.ts';
import type { ShapeReject } from './shape/shaper.ts';

export const examplesKept = 5;
const metricsKept = 1_000;
const columnsKept = 5_000;
const sourceKept = 500;

type ColumnReport = CheckReport['columns'][number];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface RequestLimits {
  readonly maxStreamEvents: number;
  readonly maxStreamRequestBytes: number;
  readonly maxBatchRequestBytes: number;
}

/** Counts requests as they would be cut: by events and bytes; a body is `[a,b]`. */
class RequestCount {
  requests = 0;
  private events = 0;
  private bytes = 2;

  constructor(
    private readonly maxEvents: number,
    private readonly maxBytes: number,
  ) {}

  add(eventBytes: number): void {
    if (this.events === 0 || this.events >= this.maxEvents || this.bytes + eventBytes + 1 > this.maxBytes) {
      this.requests += 1;
      this.events = 0;
      this.bytes = 2;
    }
    this.events += 1;
    this.bytes += eventBytes + 1;
  }
}

export class CheckTally {
  rowsRead = 0;
  private rowsFit = 0;
  private rowsRejected = 0;
  private rowsMalformed = 0;
  private eventBytes = 0;
  private first = Infinity;
  private last = -Infinity;
  private readonly stream: RequestCount;
  private readonly batch: RequestCount;
  private readonly reasons = new Map<RejectCode, { rows: number; examples: CheckReport['reasons'][number]['examples'] }>();
  private readonly metrics = new Map<string, { rows: number; isKnown: boolean | undefined }>();
  private readonly columns = new Map<string, Mutable<ColumnReport>>();

  constructor(
    private readonly isSchemaKnown: boolean,
    limits: RequestLimits,
  ) {
    this.stream = new RequestCount(limits.maxStreamEvents, limits.maxStreamRequestBytes);
    this.batch = new RequestCount(Infinity, limits.maxBatchRequestBytes);
  }

  /** An event that goes out, of so many bytes. */
  addEvent(bytes: number, millis: number): void {
    this.addBytes(bytes);
    this.addFitting(1, millis, millis);
  }

  /** Events that were counted by their bytes go out and fit: how many, and their first and last time. */
  addFitting(rows: number, first: number, last: number): void {
    this.rowsFit += rows;
    if (first < this.first) this.first = first;
    if (last > this.last) this.last = last;
  }

  addBytes(bytes: number): void {
    this.eventBytes += bytes;
    this.stream.add(bytes);
    this.batch.add(bytes);
  }

  /** An event that goes out and that the service does not take. */
  addMalformed(bytes: number, why: ShapeReject, line: number, source: string): void {
    this.rowsMalformed += 1;
    this.addBytes(bytes);
    this.addReason(why, line, source);
  }

  addReject(why: ShapeReject, line: number, source: string): void {
    this.rowsRejected += 1;
    this.addReason(why, line, source);
  }

  private addReason({ code, column, reason }: ShapeReject, line: number, source: string): void {
    const known = this.reasons.get(code) ?? { rows: 0, examples: [] };
    known.rows += 1;
    if (known.examples.length < examplesKept) known.examples.push({ line, column, reason, source: source.slice(0, sourceKept) });
    this.reasons.set(code, known);
    const of = column === '' ? undefined : this.column(column);
    if (of !== undefined) of.rejected += 1;
  }

  addMetric(name: string, rows: number, metric: CompiledMetric | undefined): void {
    const known = this.metrics.get(metric?.name ?? name);
    if (known !== undefined) known.rows += rows;
    else if (this.metrics.size < metricsKept) this.metrics.set(metric?.name ?? name, { rows, isKnown: metric?.isKnown });
  }

  addLanding(landing: Landing, line: number): void {
    this.addMetric(landing.metric.name, 1, landing.metric);
    for (const { name, field, state, type, text } of landing.fields) {
      const column = this.column(name);
      if (column === undefined) continue;
      column.values += 1;
      if (field !== name) column.field = field;
      if (type !== undefined) column.type = type;
      if (state === 'unknown') column.unknown += 1;
      if (state === 'dropped') {
        column.dropped += 1;
        column.example ??= { line, text: text.slice(0, 200) };
      }
    }
  }

  /** Values of a field without a schema to look at. */
  addValues(name: string, values: number): void {
    const column = this.column(name);
    if (column !== undefined) column.values += values;
  }

  column(name: string): Mutable<ColumnReport> | undefined {
    const known = this.columns.get(name);
    if (known !== undefined) return known;
    if (this.columns.size >= columnsKept) return undefined;
    const made: Mutable<ColumnReport> = { name, values: 0, dropped: 0, unknown: 0, rejected: 0 };
    this.columns.set(name, made);
    return made;
  }

  report(seconds: number, unreadablePatterns: readonly string[]): CheckReport {
    const byRows = <T extends { readonly rows: number }>(a: T, b: T): number => b.rows - a.rows;
    return {
      rowsRead: this.rowsRead,
      rowsFit: this.rowsFit,
      rowsRejected: this.rowsRejected,
      rowsMalformed: this.rowsMalformed,
      eventBytes: this.eventBytes,
      requests: { stream: this.stream.requests, batch: this.batch.requests },
      reasons: [...this.reasons].map(([code, { rows, examples }]) => ({ code, rows, examples })).sort(byRows),
      metrics: [...this.metrics]
        .map(([metric, { rows, isKnown }]) => ({ metric, rows, ...(isKnown === undefined ? {} : { isKnown }) }))
        .sort(byRows),
      columns: [...this.columns.values()],
      ...(this.last < this.first ? {} : { times: { first: this.first, last: this.last } }),
      isSchemaKnown: this.isSchemaKnown,
      unreadablePatterns: [...unreadablePatterns],
      seconds,
    };
  }
}
