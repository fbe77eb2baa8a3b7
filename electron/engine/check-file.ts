/** read → shape → resolution, for one file: what would become of every row, without sending anything. Runs in a reader thread. */
import type { CheckReport } from '../../shared/contract/check.ts';
import { CheckTally, type RequestLimits } from './check-tally.ts';
import { openRows } from './read/open-rows.ts';
import { recordKind } from './read/framed-records.ts';
import type { RecordBlock } from './read/record-reader.ts';
import { prepareRows, type ReadOrder, type RowShaper } from './read-events.ts';
import { damageIn, shapeRecords } from './row-shaping.ts';
import { compileSchema, type CompiledSchema } from './shape/compiled-schema.ts';
import { createCsvChecker, type CsvChecker } from './shape/csv-checker.ts';
import { emptyMembers, scanObject } from './shape/object-members.ts';
import { resolveEvent, textOf } from './shape/resolution.ts';

export interface CheckOrder extends Pick<ReadOrder, 'path' | 'fileName' | 'mapping' | 'fieldTypes' | 'schema' | 'maxEventBytes' | 'seen'> {
  readonly requestLimits: RequestLimits;
  /** What the service does with metric types that its schema does not have. */
  readonly unknownMetrics: 'created' | 'rejected';
  /** Only rows that begin from here on, a place where a line begins. */
  readonly fromByte?: number | undefined;
  /** Only rows that begin before this place, where a line begins. */
  readonly untilByte?: number | undefined;
}

export interface CheckProgress {
  readonly fileBytes: number;
  readonly rowsRead: number;
}

export interface CheckEnd {
  readonly report: CheckReport;
  readonly cancelled: boolean;
  /** Lines before `untilByte`; undefined: a row goes over that place, so that no row begins there. */
  readonly linesBefore: number | undefined;
}

/**
 * Reads the whole file. `onBlock` is told how far it came and says whether to go on; a check that is broken off reports what it saw.
 * Throws `UploaderError` when the file cannot be read as its mapping says.
 */
export async function checkFile(
  order: CheckOrder,
  onBlock: (progress: CheckProgress) => Promise<boolean>,
  now: () => number,
): Promise<CheckEnd> {
  const startedAt = now();
  const shaper = await prepareRows(order);
  const check = new FileCheck(order, shaper);
  const begin = order.fromByte === undefined ? shaper.firstRow : { byte: order.fromByte, line: 1 };
  const until = order.untilByte ?? Infinity;
  let linesBefore: number | undefined;
  const { source, reader } = await openRows(order.path, shaper.format, begin, shaper.maxRecordBytes, () => undefined);
  let cancelled = false;
  try {
    for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
      const isLast = block.baseByte + block.length >= until;
      const count = isLast ? recordsBefore(block, until) : block.records.count;
      check.block(block, count);
      if (isLast) {
        linesBefore = linesUpTo(block, count, until);
        break;
      }
      if (await onBlock({ fileBytes: source.fileBytes - (order.fromByte ?? 0), rowsRead: check.tally.rowsRead })) continue;
      cancelled = true;
      break;
    }
  } finally {
    await source.close();
  }
  return { report: check.report((now() - startedAt) / 1_000), cancelled, linesBefore };
}

/** Records of a block that begin before a place. */
function recordsBefore({ records, baseByte }: RecordBlock, place: number): number {
  let count = 0;
  while (count < records.count && baseByte + (records.starts[count] ?? 0) < place) count += 1;
  return count;
}

/** Lines before a place behind the first `count` records of a block; undefined when the last of them goes over it. */
function linesUpTo({ text, records, baseByte, baseLine }: RecordBlock, count: number, place: number): number | undefined {
  const next = count === 0 ? 0 : (records.nexts[count - 1] ?? 0);
  if (baseByte + next > place) return undefined;
  let lines = baseLine - 1 + (count === 0 ? 0 : (records.nextLines[count - 1] ?? 0));
  // Blank lines are no records.
  const lineEnd = text[place - baseByte - 1];
  for (let at = next; at < place - baseByte; at += 1) if (text[at] === lineEnd) lines += 1;
  return lines;
}

class FileCheck {
  readonly tally: CheckTally;
  private readonly schema: CompiledSchema | undefined;
  private readonly checker: CsvChecker | undefined;
  private readonly members = emptyMembers();
  private readonly missing: Float64Array;
  private readonly dropped: Float64Array;
  private readonly droppedAt = new Map<number, { readonly start: number; readonly text: string }>();
  private readonly droppedExamples = new Map<number, { readonly line: number; readonly text: string }>();
  private readonly unreadable = new Set<string>();
  private plainRows = 0;

  constructor(
    private readonly order: CheckOrder,
    private readonly shaper: RowShaper,
  ) {
    this.schema = order.schema === undefined ? undefined : compileSchema(order.schema);
    this.tally = new CheckTally(this.schema !== undefined, order.requestLimits);
    const { plan, format } = shaper;
    const fields = plan?.fields.length ?? 0;
    this.missing = new Float64Array(fields);
    this.dropped = new Float64Array(fields);
    const onDropped = (field: number, start: number, text: string): void => {
      if (!this.droppedAt.has(field) && !this.droppedExamples.has(field)) this.droppedAt.set(field, { start, text });
    };
    const metric = plan?.metric === undefined ? undefined : this.schema?.metric(plan.metric);
    const isRefused = metric?.isKnown === false && order.unknownMetrics === 'rejected';
    this.checker =
      plan?.metric === undefined || isRefused
        ? undefined
        : createCsvChecker(
            plan,
            format,
            metric,
            this.schema?.metricKeys ?? [],
            {
              missing: this.missing,
              dropped: this.dropped,
              onDropped,
            },
            order.seen,
          );
  }

  /** The first `count` records of a block. */
  block(block: RecordBlock, count: number): void {
    const damage = damageIn(block);
    const checker = damage === 'none' ? this.checker : undefined;
    const shapeAt = shapeRecords(block, this.shaper, damage);
    let at = 0;
    while (at < count) {
      if (checker !== undefined) {
        at = this.plain(checker, block, at, count);
        if (at === count) break;
      }
      this.row(block, at, shapeAt(at));
      at += 1;
    }
    this.tally.rowsRead += count;
  }

  /** Rows that are plain, from `at` on; returns the first that is not. A loop of its own, so that it is compiled as what it is. */
  private plain(checker: CsvChecker, block: RecordBlock, at: number, count: number): number {
    const { text, records } = block;
    const { tally, droppedAt } = this;
    const { times, count: countFields } = checker;
    let index = at;
    let first = Infinity;
    let last = -Infinity;
    for (; index < count; index += 1) {
      if (records.kinds[index] !== recordKind.whole) break;
      const bytes = checker.check(text, records.starts[index] as number, records.ends[index] as number);
      if (bytes < 0) break;
      tally.addBytes(bytes);
      const millis = times[0] as number;
      if (millis < first) first = millis;
      if (millis > last) last = millis;
      countFields?.(text);
      if (droppedAt.size > 0) this.keepDropped(block.baseLine + (records.lines[index] ?? 0));
    }
    this.plainRows += index - at;
    tally.addFitting(index - at, first, last);
    return index;
  }

  private keepDropped(line: number): void {
    for (const [field, { text }] of this.droppedAt) this.droppedExamples.set(field, { line, text: text.slice(0, 200) });
    this.droppedAt.clear();
  }

  private row(block: RecordBlock, at: number, shaped: ReturnType<ReturnType<RowShaper['shapeBlock']>>): void {
    const { text, records } = block;
    const line = block.baseLine + (records.lines[at] ?? 0);
    const source = (): string =>
      text.toString('utf8', records.starts[at], Math.min(records.ends[at] ?? 0, (records.starts[at] ?? 0) + 2_000));
    if (typeof shaped !== 'string') {
      this.tally.addReject(shaped, line, source());
      return;
    }
    const bytes = Buffer.byteLength(shaped);
    scanObject(shaped, this.members);
    if (this.schema === undefined) {
      this.withoutSchema(bytes);
      return;
    }
    const resolved = resolveEvent(this.members, this.schema, this.order.unknownMetrics);
    if (resolved.kind === 'rejected') {
      this.tally.addMalformed(bytes, resolved, line, source());
      return;
    }
    const { landing } = resolved;
    for (const pattern of landing.metric.unreadablePatterns) this.unreadable.add(pattern);
    this.tally.addEvent(bytes, landing.epochMillis);
    this.tally.addLanding(landing, line);
  }

  private withoutSchema(bytes: number): void {
    let millis = 0;
    for (let at = 0; at < this.members.count; at += 1) {
      const name = this.members.names[at] ?? '';
      const value = this.members.values[at] ?? '';
      if (name === 'timestamp') millis = Number(textOf(value));
      else if (name === 'metrictype') this.tally.addMetric(textOf(value), 1, undefined);
      else if (value !== 'null') this.tally.addValues(name, 1);
    }
    this.tally.addEvent(bytes, millis);
  }

  report(seconds: number): CheckReport {
    const { plan } = this.shaper;
    if (plan?.metric !== undefined && this.plainRows > 0) {
      const metric = this.schema?.metric(plan.metric);
      for (const pattern of metric?.unreadablePatterns ?? []) this.unreadable.add(pattern);
      this.tally.addMetric(plan.metric, this.plainRows, metric);
      for (const [at, { name }] of plan.fields.entries()) {
        const column = this.tally.column(name);
        const values = this.plainRows - (this.missing[at] ?? 0);
        if (column === undefined || values === 0) continue;
        const field = metric?.fields.get(name);
        column.values += values;
        column.dropped += this.dropped[at] ?? 0;
        if (metric !== undefined && field === undefined) column.unknown += values;
        if (field !== undefined && field.name !== name) column.field = field.name;
        if (field?.type !== undefined) column.type = field.type;
        const example = this.droppedExamples.get(at);
        // Rows that took the way through their cells may have left one from further down.
        if (example !== undefined && example.line < (column.example?.line ?? Infinity)) column.example = example;
      }
    }
    return this.tally.report(seconds, [...this.unreadable]);
  }
}
