/** What the service finds in a request of events: which metric type and time each has, and which are malformed (fineo-api.md, An event). */
import { isForbiddenName, isReservedName, newMetric, type Catalogue, type Metric } from './catalogue.ts';
import { scanEvent, scanEvents, type EventScan, type ScannedEvent } from './event-scanner.ts';
import { parseTimestamp } from './timestamps.ts';

/** Events of one metric type whose metric type and timestamp stand in fields of the same names. */
export interface EventGroup {
  readonly metricId: number;
  readonly metricKey: string;
  readonly timestampKey: string;
  /** Names of the other fields in order of first appearance. */
  readonly columns: Set<string>;
  /** Start and end of each event in the body, alternating. */
  readonly slices: number[];
  /** Milliseconds since the epoch. */
  readonly times: number[];
}

export interface MalformedEvent {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface Intake {
  readonly kind: 'read';
  readonly body: Buffer;
  readonly events: number;
  readonly groups: readonly EventGroup[];
  readonly malformed: readonly MalformedEvent[];
  /** Metric types that came up for the first time; not in the catalogue yet. */
  readonly created: readonly Metric[];
  /** The largest event in bytes. */
  readonly largestEventBytes: number;
}

export interface IntakeOptions {
  readonly autoCreateMetrics: boolean;
  /** Index of an event → it is left out. */
  readonly leaveOut?: (index: number) => boolean;
}

export type IntakeResult = Intake | { readonly kind: 'invalid'; readonly message: string };

interface NameFacts {
  readonly isForbidden: boolean;
  readonly isReserved: boolean;
}

const isNull = (body: Buffer, start: number): boolean => body[start] === 0x6e;
const isText = (body: Buffer, start: number): boolean => body[start] === 0x22;

/** A string's content, or the source text of any other value. */
export const valueText = (body: Buffer, start: number, end: number): string => {
  const raw = body.toString('utf8', start, end);
  return isText(body, start) ? (JSON.parse(raw) as string) : raw;
};

/** The event before, when the next one of the same names and metric type needs no other look than at its time. */
interface LastEvent {
  readonly group: EventGroup;
  readonly patterns: readonly string[];
  readonly nameIds: readonly number[];
  readonly metricAt: number;
  readonly timestampAt: number;
  /** Where its metric type stands in the body. */
  readonly metricStart: number;
  readonly metricEnd: number;
}

/** A number without sign or fraction, in quotes or not; undefined: look closer. */
const plainDigits = (body: Buffer, start: number, end: number): number | undefined => {
  const quotes = isText(body, start) ? 1 : 0;
  if (end - start - 2 * quotes > 15 || end - start === 2 * quotes) return undefined;
  let value = 0;
  for (let at = start + quotes; at < end - quotes; at++) {
    const digit = (body[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
};

class Reader {
  readonly groups: EventGroup[] = [];
  readonly malformed: MalformedEvent[] = [];
  readonly created = new Map<string, Metric>();
  largestEventBytes = 0;
  private index = 0;
  private nextId: number;
  private readonly facts: NameFacts[] = [];
  private last: LastEvent | undefined;
  private readonly body: Buffer;
  private readonly catalogue: Catalogue;
  private readonly options: IntakeOptions;

  constructor(body: Buffer, catalogue: Catalogue, options: IntakeOptions) {
    this.body = body;
    this.catalogue = catalogue;
    this.options = options;
    this.nextId = catalogue.nextId();
  }

  readonly visit = (scan: EventScan): void => {
    const { start, end } = scan.event;
    this.largestEventBytes = Math.max(this.largestEventBytes, end - start);
    if (this.options.leaveOut?.(this.index++)) return;
    const problem = this.take(scan);
    if (problem !== undefined) this.malformed.push({ message: problem, start, end });
  };

  /** The reason when it is malformed. */
  private take(scan: EventScan): string | undefined {
    const { event } = scan;
    if (this.last && event.kind === 'object' && this.takeRepeated(event, this.last)) return undefined;
    if (event.kind === 'other') return 'the event is not a JSON object';
    if (event.kind === 'nested') return 'the event is not flat: it holds an object or an array';
    const metricAt = this.metricField(scan);
    if (metricAt === undefined) return 'the event has no metric type';
    const metric = this.metric(metricAt, scan);
    if (typeof metric === 'string') return metric;
    const timestampAt = this.timestampField(scan, metric);
    if (timestampAt === undefined) return 'the event has no timestamp';
    const forbidden = this.forbidden(scan, metricAt, timestampAt);
    if (forbidden !== undefined) return `the field name ${JSON.stringify(forbidden)} is forbidden`;
    const patterns = this.patterns(metric);
    const time = this.time(event, timestampAt, patterns);
    if (time === undefined) {
      const text = this.body.toString('utf8', event.valueStarts[timestampAt], event.valueEnds[timestampAt]).slice(0, 100);
      return `the timestamp ${text} matches no pattern and is no integer`;
    }
    this.keep(scan, metric, patterns, metricAt, timestampAt, time);
    return undefined;
  }

  /** True when the event is like the one before and has been kept. */
  private takeRepeated(event: ScannedEvent, last: LastEvent): boolean {
    const { nameIds, metricAt, timestampAt, metricStart, metricEnd, group } = last;
    if (nameIds.length !== event.fieldCount) return false;
    for (let at = 0; at < nameIds.length; at++) if (nameIds[at] !== event.nameIds[at]) return false;
    const start = event.valueStarts[metricAt] ?? 0;
    if ((event.valueEnds[metricAt] ?? 0) - start !== metricEnd - metricStart) return false;
    for (let at = metricStart; at < metricEnd; at++) if (this.body[at] !== this.body[start + at - metricStart]) return false;
    const time = this.time(event, timestampAt, last.patterns);
    if (time === undefined) return false;
    group.slices.push(event.start, event.end);
    group.times.push(time);
    return true;
  }

  private time(event: ScannedEvent, at: number, patterns: readonly string[]): number | undefined {
    const [start, end] = [event.valueStarts[at] ?? 0, event.valueEnds[at] ?? 0];
    if (isNull(this.body, start)) return undefined;
    const millis = patterns.length === 0 ? plainDigits(this.body, start, end) : undefined;
    return millis ?? parseTimestamp(valueText(this.body, start, end), patterns);
  }

  private patterns(metric: Metric): readonly string[] {
    const tenant = this.catalogue.tenant.timestampPatterns;
    if (metric.timestampPatterns.length === 0) return tenant;
    return tenant.length === 0 ? metric.timestampPatterns : [...metric.timestampPatterns, ...tenant];
  }

  /** Position among the event's fields; the last one of that name, as JSON has it. */
  private position(scan: EventScan, name: string): number | undefined {
    const id = scan.idOf(name);
    if (id === undefined) return undefined;
    for (let at = scan.event.fieldCount - 1; at >= 0; at--) if (scan.event.nameIds[at] === id) return at;
    return undefined;
  }

  private metricField(scan: EventScan): number | undefined {
    for (const key of [...this.catalogue.tenant.metricKeys, 'metrictype']) {
      const at = this.position(scan, key);
      if (at !== undefined && !isNull(this.body, scan.event.valueStarts[at] ?? 0)) return at;
    }
    return undefined;
  }

  private metric(at: number, scan: EventScan): Metric | string {
    const start = scan.event.valueStarts[at] ?? 0;
    const name = valueText(this.body, start, scan.event.valueEnds[at] ?? 0);
    if (!isText(this.body, start) || name === '') return 'the metric type is no text';
    const known = this.catalogue.find(name) ?? this.created.get(name);
    if (known) return known;
    if (!this.options.autoCreateMetrics) return `the metric type ${JSON.stringify(name.slice(0, 100))} is not known`;
    return newMetric(this.nextId, name);
  }

  private timestampField(scan: EventScan, metric: Metric): number | undefined {
    for (const alias of metric.timestampAliases) {
      const at = this.position(scan, alias);
      if (at !== undefined) return at;
    }
    return this.position(scan, 'timestamp');
  }

  private forbidden(scan: EventScan, metricAt: number, timestampAt: number): string | undefined {
    const { nameIds, fieldCount } = scan.event;
    for (let at = 0; at < fieldCount; at++) {
      const id = nameIds[at] ?? 0;
      const name = scan.names[id] ?? '';
      const facts = (this.facts[id] ??= { isForbidden: isForbiddenName(name), isReserved: isReservedName(name) });
      if (facts.isForbidden) return name;
      // Nothing but the metric type and the time themselves may stand in these, unless they are empty.
      const isUsed = id === nameIds[metricAt] || id === nameIds[timestampAt];
      if (facts.isReserved && !isUsed && !isNull(this.body, scan.event.valueStarts[at] ?? 0)) return name;
    }
    return undefined;
  }

  private keep(scan: EventScan, metric: Metric, patterns: readonly string[], metricAt: number, timestampAt: number, time: number): void {
    const { event, names } = scan;
    // An event that turned out malformed brings no metric type into being.
    if (metric.id === this.nextId) this.created.set(metric.name, metric);
    this.nextId = Math.max(this.nextId, metric.id + 1);
    const nameIds = event.nameIds.slice(0, event.fieldCount);
    const [metricId, timestampId] = [nameIds[metricAt] ?? 0, nameIds[timestampAt] ?? 0];
    const group = this.group(metric, names[metricId] ?? '', names[timestampId] ?? '');
    const others = nameIds.filter((id) => id !== metricId && id !== timestampId).map((id) => names[id] ?? '');
    for (const name of others) group.columns.add(name);
    group.slices.push(event.start, event.end);
    group.times.push(time);
    // Whether these names count depends on their values: no event with one of them stands for the next.
    const isClear = others.every((name) => !isReservedName(name) && !this.catalogue.tenant.metricKeys.includes(name));
    const hasRepeatedName = new Set(nameIds).size < nameIds.length;
    const [metricStart = 0, metricEnd = 0] = [event.valueStarts[metricAt], event.valueEnds[metricAt]];
    this.last = isClear && !hasRepeatedName ? { group, patterns, nameIds, metricAt, timestampAt, metricStart, metricEnd } : undefined;
  }

  private readonly groupsByMetric = new Map<number, EventGroup[]>();
  private group(metric: Metric, metricKey: string, timestampKey: string): EventGroup {
    let ofMetric = this.groupsByMetric.get(metric.id);
    if (!ofMetric) this.groupsByMetric.set(metric.id, (ofMetric = []));
    const found = ofMetric.find((group) => group.metricKey === metricKey && group.timestampKey === timestampKey);
    if (found) return found;
    const group: EventGroup = { metricId: metric.id, metricKey, timestampKey, columns: new Set(), slices: [], times: [] };
    ofMetric.push(group);
    this.groups.push(group);
    return group;
  }
}

const read = (body: Buffer, catalogue: Catalogue, options: IntakeOptions, scan: typeof scanEvents): IntakeResult => {
  const reader = new Reader(body, catalogue, options);
  const result = scan(body, reader.visit);
  if (result.kind === 'invalid') return result;
  const { groups, malformed, largestEventBytes } = reader;
  return { kind: 'read', body, events: result.events, groups, malformed, created: [...reader.created.values()], largestEventBytes };
};

/** The body is a JSON array of events; `invalid` when it is not. */
export const takeInEvents = (body: Buffer, catalogue: Catalogue, options: IntakeOptions): IntakeResult =>
  read(body, catalogue, options, scanEvents);

/** The body is one event. */
export const takeInEvent = (body: Buffer, catalogue: Catalogue, options: IntakeOptions): IntakeResult =>
  read(body, catalogue, options, scanEvent);
