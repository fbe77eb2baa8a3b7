/** What was found out about a file, each with how sure it is and why: codes, whose words are elsewhere. Pure. */
import type { Finding } from '../../shared/contract/finding.ts';
import type { FormatSettings, Mapping } from '../../shared/contract/mapping.ts';
import type { SniffedFile } from './read/open-rows.ts';
import { isJsonNumber } from './shape/json-text.ts';
import { columnType, isTimeName, looksLikeSeconds, partOfDate, type SampledColumn, type TimestampCandidate } from './shape/suggest.ts';

export interface FoundFile {
  readonly sniffed: SniffedFile;
  readonly settings: FormatSettings;
  readonly columns: readonly SampledColumn[];
  /** Cells of the first rows. */
  readonly rows: readonly (readonly string[])[];
  readonly candidates: readonly TimestampCandidate[];
  /** Columns with decimal commas. */
  readonly commas: readonly string[];
  readonly suggestion: Mapping;
}

type Params = Finding['params'];

const finding = (
  subject: Finding['subject'],
  value: string,
  confidence: Finding['confidence'],
  code: Finding['code'],
  params: Params = {},
): Finding => ({ subject, value, confidence, code, params });

/** Values of a column from which on its type is sure. */
const surelyEnough = 5;
const mostly = 0.8;

export function findingsOf(found: FoundFile): Finding[] {
  const { format } = found.sniffed;
  const csv = format.kind === 'csv' ? [delimiterOf(found), ...quoteOf(found), headerOf(found), ...commasOf(found)] : [];
  const zipped = format.gzip ? [finding('gzip', 'gzip', 'high', 'gzip-mark')] : [];
  return [
    formatOf(found),
    ...zipped,
    encodingOf(found),
    ...csv,
    ...found.columns.map((column) => typeOf(column, found)),
    ...timeOf(found),
    metricOf(found),
  ];
}

function formatOf({ sniffed: { format }, settings }: FoundFile): Finding {
  const code = format.kind === 'csv' ? 'format-csv' : format.isArray === true ? 'format-json-array' : 'format-json-lines';
  return finding('format', format.kind, 'high', settings.kind === 'auto' ? code : 'as-set');
}

function encodingOf({ sniffed: { format, encodingHow }, settings }: FoundFile): Finding {
  if (settings.encoding !== undefined) return finding('encoding', format.encoding, 'high', 'as-set');
  const confidence = encodingHow === 'encoding-not-utf8' ? 'medium' : encodingHow === 'encoding-damaged' ? 'low' : 'high';
  return finding('encoding', format.encoding, confidence, encodingHow);
}

function delimiterOf({ sniffed: { format }, settings, columns, rows }: FoundFile): Finding {
  const { delimiter } = format;
  if (settings.delimiter !== undefined) return finding('delimiter', delimiter, 'high', 'as-set');
  if (columns.length === 1) return finding('delimiter', delimiter, 'low', 'delimiter-one-column');
  const odd = rows.filter((row) => row.length !== columns.length).length;
  const params = { columns: columns.length, rows: rows.length, odd };
  if (odd === 0) return finding('delimiter', delimiter, 'high', 'delimiter-agrees', params);
  return finding('delimiter', delimiter, odd > rows.length * (1 - mostly) ? 'low' : 'medium', 'delimiter-differs', params);
}

function quoteOf({ sniffed: { format, head }, settings }: FoundFile): Finding[] {
  const { quote, delimiter } = format;
  const beginsWith = (mark: string): boolean => head.startsWith(mark) || head.includes(delimiter + mark) || head.includes(`\n${mark}`);
  const isSet = settings.quote !== '"';
  if (isSet) return [finding('quote', quote, 'high', 'as-set')];
  if (!beginsWith(quote)) {
    // An apostrophe may begin a text, but hardly ever ends one before a separator as well.
    const other = beginsWith("'") && head.includes(`'${delimiter}`);
    return [other ? finding('quote', quote, 'low', 'quote-other', { other: "'" }) : finding('quote', quote, 'medium', 'quote-unused')];
  }
  const used = finding('quote', quote, 'high', 'quote-used');
  if (head.includes(`\\${quote}`)) return [used, finding('escape', '\\', 'low', 'escape-backslash')];
  const isDoubled = new RegExp(`[^${quote}${delimiter === '|' ? '\\|' : delimiter}\\r\\n]${quote}${quote}`, 'u').test(head);
  return isDoubled ? [used, finding('escape', quote, 'high', 'escape-doubled')] : [used];
}

/** A first line of nothing but values has probably been taken for names. */
export const looksLikeValue = (name: string): boolean => /^[+-]?\d[\d.,:/TZ -]*$/.test(name);

function headerOf({ sniffed: { format }, columns, candidates }: FoundFile): Finding {
  const value = String(format.header);
  if (!format.header || format.columns !== undefined) return finding('header', value, 'high', 'as-set');
  if (columns.length > 0 && columns.every(({ name }) => looksLikeValue(name))) return finding('header', value, 'low', 'header-like-values');
  const typed = columns
    .map((column) => ({ column: column.name, type: columnType(column, candidates) }))
    .find(({ column, type }) => (type === 'number' || type === 'timestamp') && !looksLikeValue(column));
  if (typed === undefined) return finding('header', value, 'medium', 'header-by-text');
  return finding('header', value, 'high', 'header-by-types', { column: typed.column, type: typed.type === 'number' ? 'numbers' : 'times' });
}

function commasOf({ columns, commas }: FoundFile): Finding[] {
  if (commas.length === 0) return [];
  const values = columns
    .filter(({ name }) => commas.includes(name))
    .flatMap((column) => column.values.filter((value) => value.includes(',')));
  const isUnsure = values.every((value) => /^[+-]?\d{1,3},\d{3}$/.test(value));
  const params = { columns: commas.join(', '), example: values[0] ?? '' };
  return [finding('decimalComma', 'true', isUnsure ? 'low' : 'high', isUnsure ? 'comma-maybe-thousands' : 'comma-numbers', params)];
}

function typeOf(column: SampledColumn, { candidates, commas }: FoundFile): Finding {
  const { name, values } = column;
  const type = commas.includes(name) ? 'number' : columnType(column, candidates);
  const of = (confidence: Finding['confidence'], code: Finding['code'], params: Params = {}): Finding => ({
    ...finding('columnType', type, confidence, code, params),
    column: name,
  });
  if (values.length === 0) return of('low', 'type-empty');
  const numbers = type === 'text' ? values.filter(isJsonNumber).length : 0;
  if (numbers >= values.length * mostly) {
    const example = values.find((value) => !isJsonNumber(value)) ?? '';
    return of('low', 'type-mostly-numbers', { numbers, values: values.length, example: example.slice(0, 60) });
  }
  const words = { number: 'Numbers', text: 'Texts', timestamp: 'Times', boolean: 'Truth values', empty: 'Nothing' };
  const params = { type: words[type], values: values.length };
  return values.length < surelyEnough ? of('medium', 'type-few', params) : of('high', 'type-agrees', params);
}

function timeOf({ columns, candidates }: FoundFile): Finding[] {
  const seconds = columns.filter(looksLikeSeconds).map(({ name }) => ({
    ...finding('timestamp', '', 'low', 'time-seconds', { column: name }),
    column: name,
  }));
  const [best] = candidates;
  if (best === undefined) return seconds.length > 0 ? seconds : [noTimeOf(columns)];
  const { column, patterns, ambiguous } = best;
  const value = patterns[0] ?? '';
  const example = columns.find(({ name }) => name === column)?.values[0] ?? '';
  const params = { column, pattern: value === '' ? 'milliseconds since 1970' : value, example: example.slice(0, 60) };
  const other = candidates.find((candidate) => candidate.column === column && candidate !== best)?.patterns[0] ?? '';
  const code = ambiguous ? 'time-day-month' : isTimeName(column) ? 'time-agrees' : 'time-by-values';
  const confidence = ambiguous ? 'low' : isTimeName(column) ? 'high' : 'medium';
  return [{ ...finding('timestamp', value, confidence, code, { ...params, ...(ambiguous ? { other } : {}) }), column }, ...seconds];
}

/** No column is read as a time: the first that holds a part of one says why. */
function noTimeOf(columns: readonly SampledColumn[]): Finding {
  for (const column of columns) {
    const part = partOfDate(column);
    if (part === undefined) continue;
    const params = { column: column.name, example: column.values[0] ?? '' };
    return { ...finding('timestamp', '', 'low', part === 'year' ? 'time-year-alone' : 'time-month-alone', params), column: column.name };
  }
  return finding('timestamp', '', 'low', 'time-none');
}

function metricOf({ suggestion: { metricType } }: FoundFile): Finding {
  if (metricType.kind === 'column') return finding('metricType', metricType.column, 'high', 'metric-column', { column: metricType.column });
  const value = metricType.kind === 'constant' ? metricType.value : metricType.kind === 'fileName' ? metricType.pattern : '';
  return finding('metricType', value, 'low', 'metric-file-name');
}
