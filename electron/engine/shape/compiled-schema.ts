/** The schema of a tenant, ready to look rows up in. Source: fineo-api.md, "An event" and "Schema". */
import type { FieldType, SchemaField, SchemaMetric, ServiceSchema } from '../../../shared/contract/schema.ts';
import type { Step } from './timestamp-steps.ts';
import { compileReading, parseEpochMillis, readWith, type PatternReading } from './timestamp.ts';

export interface CompiledMetric {
  /** Display name. */
  readonly name: string;
  /** False: the schema has no such metric type. */
  readonly isKnown: boolean;
  /** Names of the timestamp field, in the order in which the service looks for them. */
  readonly timestampKeys: readonly string[];
  /** By display name or alias. */
  readonly fields: ReadonlyMap<string, SchemaField>;
  /** Milliseconds since 1970 by the patterns of the metric type, then of the tenant, then as an integer. */
  readonly read: (text: string) => number | undefined;
  /** A pattern may take digits for something else than milliseconds. */
  readonly readsDigits: boolean;
  /** Patterns of the schema that are not known here: what only they read is taken for unreadable. */
  readonly unreadablePatterns: readonly string[];
}

export interface CompiledSchema {
  /** In the order in which the service looks for them; `metrictype` is the last. */
  readonly metricKeys: readonly string[];
  /** By display name or alias; one that the schema does not have is read by the patterns of the tenant. */
  metric(name: string): CompiledMetric;
}

/** Metric types that are not in the schema and are remembered; a column with countless ones must not fill the memory. */
const rememberedUnknown = 1_000;

export function compileSchema({ tenant, metrics }: ServiceSchema): CompiledSchema {
  const tenantReadings = compileAll(tenant.timestampPatterns);
  const byName = new Map<string, SchemaMetric>();
  for (const metric of metrics) for (const name of [metric.name, ...metric.aliases]) byName.set(name, metric);
  const compiled = new Map<string, CompiledMetric>();
  const unknown = new Map<string, CompiledMetric>();
  return {
    metricKeys: [...tenant.metricKeys, 'metrictype'],
    metric(name) {
      const found = compiled.get(name) ?? unknown.get(name);
      if (found !== undefined) return found;
      const known = byName.get(name);
      const made = compileMetric(known ?? newMetric(name), known !== undefined, tenantReadings);
      if (known !== undefined) compiled.set(name, made);
      else {
        if (unknown.size >= rememberedUnknown) unknown.clear();
        unknown.set(name, made);
      }
      return made;
    },
  };
}

const newMetric = (name: string): SchemaMetric => ({ name, aliases: [], timestampPatterns: [], timestampAliases: [], fields: [] });

interface Readings {
  readonly readings: readonly PatternReading[];
  readonly unreadable: readonly string[];
}

function compileAll(patterns: readonly string[]): Readings {
  const readings: PatternReading[] = [];
  const unreadable: string[] = [];
  for (const pattern of patterns) {
    const compiled = compileReading(pattern);
    if (compiled.ok) readings.push(compiled.reading);
    else unreadable.push(pattern);
  }
  return { readings, unreadable };
}

function compileMetric(metric: SchemaMetric, isKnown: boolean, tenant: Readings): CompiledMetric {
  const own = compileAll(metric.timestampPatterns);
  const readings = [...own.readings, ...tenant.readings];
  const fields = new Map<string, SchemaField>();
  for (const field of metric.fields) for (const name of [field.name, ...field.aliases]) fields.set(name, field);
  return {
    name: metric.name,
    isKnown,
    timestampKeys: [...metric.timestampAliases, 'timestamp'],
    fields,
    readsDigits: readings.some(({ steps }) => steps.every(canBeDigits)),
    unreadablePatterns: [...own.unreadable, ...tenant.unreadable],
    read(text) {
      for (const reading of readings) {
        const millis = readWith(reading, text);
        if (millis !== undefined) return millis;
      }
      const millis = parseEpochMillis(text);
      // Beyond that no clock has ever been, and the number would not be the one that was written.
      return Number.isSafeInteger(millis) ? millis : undefined;
    },
  };
}

/** Whether a part of a pattern can be matched by digits alone. */
function canBeDigits(step: Step): boolean {
  switch (step.kind) {
    case 'literal':
      return isDigit(step.code) || isDigit(step.otherCode);
    case 'number':
    case 'optional':
      return true;
    case 'fraction':
      return !step.point || step.min === 0;
    case 'padded':
      return canBeDigits(step.step);
    case 'text':
      return step.names.some((name) => /^\d/.test(name));
    case 'offset':
    case 'localizedOffset':
    case 'zone':
      return false;
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const leastInt = -2_147_483_648n;
const mostInt = 2_147_483_647n;
const leastLong = -9_223_372_036_854_775_808n;
const mostLong = 9_223_372_036_854_775_807n;
const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether the service keeps this text in a field of the type; what it does not it drops without a word. */
export function isOfType(text: string, type: FieldType | undefined): boolean {
  switch (type) {
    case undefined:
    case 'STRING':
    case 'BYTES':
      return true;
    case 'BOOLEAN':
      return text.length <= 5 && /^(?:true|false)$/i.test(text);
    case 'INT':
      return isInteger(text, leastInt, mostInt, 9);
    case 'LONG':
      return isInteger(text, leastLong, mostLong, 18);
    case 'FLOAT':
    case 'DOUBLE':
      return decimal.test(text);
  }
}

/** @param safeDigits so many digits always fit */
function isInteger(text: string, least: bigint, most: bigint, safeDigits: number): boolean {
  if (!integer.test(text)) return false;
  if (text.length <= safeDigits) return true;
  // Zeros in front may be as many as one likes; a number of that many other digits never fits.
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > 19) return false;
  const value = BigInt(digits === '' ? '0' : digits) * (text.startsWith('-') ? -1n : 1n);
  return value >= least && value <= most;
}
