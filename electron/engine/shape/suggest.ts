import type { FormatSettings, Mapping } from '../../../shared/contract/mapping.ts';
import { defaultMapping } from '../../../shared/model/default-mapping.ts';
import { compileEventTime } from './event-time.ts';
import { isJsonNumber } from './json-text.ts';
import { timestampForms } from './timestamp-forms.ts';

/** Values of one column in the first rows, empty ones left out. */
export interface SampledColumn {
  readonly name: string;
  readonly values: readonly string[];
}

export interface TimestampCandidate {
  readonly column: string;
  readonly patterns: readonly string[];
  readonly reason: string;
  /** Two readings of the same column are possible (day and month could be swapped). */
  readonly ambiguous: boolean;
}

const timeName = /time|date|datum|zeit|stamp|^ts$|_ts$|^at$|_at$/i;
const hasDigits = /\d{2}/;
const dayFirst = /^(dd?[./-]MM?)/;
const monthFirst = /^(MM?[./-]dd?)/;

/** Milliseconds since 1970 between 1973 and 2100; seconds for the same years. */
const isMillis = (value: number): boolean => value >= 1e11 && value < 4.1e12;
const isSeconds = (value: number): boolean => value >= 1e8 && value < 4.1e9;

/** Which columns can be the timestamp, and read by which pattern; the best first. */
export function timestampCandidates(columns: readonly SampledColumn[]): readonly TimestampCandidate[] {
  const found = columns.flatMap((column) => candidatesOf(column));
  return found
    .map((candidate, order) => ({ candidate, order }))
    .sort((a, b) => rank(b.candidate) - rank(a.candidate) || a.order - b.order)
    .map(({ candidate }) => candidate);
}

/** Whether a column is called as those are that hold times. */
export const isTimeName = (column: string): boolean => timeName.test(column);

const rank = ({ column }: TimestampCandidate): number => (column === 'timestamp' ? 2 : isTimeName(column) ? 1 : 0);

function candidatesOf({ name, values }: SampledColumn): readonly TimestampCandidate[] {
  const [first] = values;
  if (first === undefined) return [];
  if (values.every(isJsonNumber)) {
    const numbers = values.map(Number);
    if (numbers.every(isMillis) && numbers.every(Number.isInteger)) {
      return [{ column: name, patterns: [], reason: `${name}: whole numbers that are milliseconds since 1970`, ambiguous: false }];
    }
    if (!values.every((value) => value.length === 8 || value.length === 14) || !timeName.test(name)) return [];
  }
  if (!hasDigits.test(first) || first.length < 8 || first.length > 60) return [];
  const patterns = timestampForms.filter((pattern) => reads(name, pattern, first) && values.every((value) => reads(name, pattern, value)));
  const exact = withoutWeaker(patterns);
  const ambiguous = exact.some((pattern) => dayFirst.test(pattern)) && exact.some((pattern) => monthFirst.test(pattern));
  return exact.map((pattern) => ({ column: name, patterns: [pattern], ambiguous, reason: reasonFor(name, pattern, first, ambiguous) }));
}

function reasonFor(name: string, pattern: string, example: string, ambiguous: boolean): string {
  const order = ambiguous
    ? ` (${dayFirst.test(pattern) ? 'day before month' : 'month before day'}; the other way round is possible too)`
    : '';
  return `${name}: all sampled values, such as “${example}”, read as ${pattern}${order}`;
}

/** Of `dd` and `d` forms that read the same values, one is enough: the stricter. */
function withoutWeaker(patterns: readonly string[]): readonly string[] {
  const strict = new Set<string>();
  return patterns.filter((pattern) => {
    const shape = pattern.replace(/MMM/g, 'L').replace(/([dMHh])\1/g, '$1');
    if (strict.has(shape)) return false;
    strict.add(shape);
    return true;
  });
}

const compiled = new Map<string, (text: string) => boolean>();

function reads(column: string, pattern: string, value: string): boolean {
  let test = compiled.get(pattern);
  if (test === undefined) {
    const time = compileEventTime({ ...defaultMapping, timestamp: { column, patterns: [pattern], timeOfDay: '00:00' } });
    test = time.ok ? (text) => typeof time.time(text) === 'number' && !/^[+-]?\d{9,13}$/.test(text) : () => false;
    compiled.set(pattern, test);
  }
  return test(value);
}

/** Whether the values look like seconds since 1970, which the service would take for a day in January 1970. */
export const looksLikeSeconds = ({ name, values }: SampledColumn): boolean =>
  values.length > 0 && timeName.test(name) && values.every((value) => isJsonNumber(value) && isSeconds(Number(value)));

const yearName = /year|jahr|^(from|since|start|begin)$/i;
const year = /^(1\d|20)\d\d$/;
const yearAndMonth = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether the values are years, or months of a year, without a day: no pattern makes a time of them. */
export function partOfDate({ name, values }: SampledColumn): 'year' | 'month' | undefined {
  if (values.length === 0) return undefined;
  if (values.every((value) => yearAndMonth.test(value))) return 'month';
  return (yearName.test(name) || isTimeName(name)) && values.every((value) => year.test(value)) ? 'year' : undefined;
}

export function columnType(
  { name, values }: SampledColumn,
  candidates: readonly TimestampCandidate[],
): 'number' | 'text' | 'timestamp' | 'boolean' | 'empty' {
  if (values.length === 0) return 'empty';
  if (candidates.some((candidate) => candidate.column === name)) return 'timestamp';
  if (values.every(isJsonNumber)) return 'number';
  return values.every((value) => /^(true|false)$/i.test(value)) ? 'boolean' : 'text';
}

export interface Suggestion {
  readonly mapping: Mapping;
  readonly missing: readonly ('metricType' | 'timestamp')[];
}

/** The mapping the content suggests. What is not certain is proposed all the same, and named as missing. */
export function suggestMapping(
  fileName: string,
  format: FormatSettings,
  columns: readonly SampledColumn[],
  candidates: readonly TimestampCandidate[],
): Suggestion {
  const missing: ('metricType' | 'timestamp')[] = [];
  const hasMetric = columns.some(({ name }) => name === 'metrictype');
  if (!hasMetric) missing.push('metricType');
  const metricType: Mapping['metricType'] = hasMetric
    ? { kind: 'column', column: 'metrictype' }
    : { kind: 'constant', value: metricNameFrom(fileName) };
  const [best] = candidates;
  const hasTimestamp = columns.some(({ name }) => name === 'timestamp');
  if (best === undefined ? !hasTimestamp : best.ambiguous) missing.push('timestamp');
  const timestamp =
    best === undefined ? defaultMapping.timestamp : { ...defaultMapping.timestamp, column: best.column, patterns: [...best.patterns] };
  return { mapping: { ...defaultMapping, format, metricType, timestamp }, missing };
}

/** `seattle-weather.csv.gz` → `seattle-weather` */
export function metricNameFrom(fileName: string): string {
  const bare = fileName.replace(/\.gz$/i, '').replace(/\.[A-Za-z0-9]{1,8}$/, '');
  return bare === '' ? 'measurements' : bare;
}
