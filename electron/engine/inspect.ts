/** What a file is, from its first rows: read → shape, without sending anything. Runs in a reader thread. */
import { basename } from 'node:path';
import type { Inspection } from '../../shared/contract/files.ts';
import type { FormatSettings, Mapping } from '../../shared/contract/mapping.ts';
import { defaultFormat, defaultMapping } from '../../shared/model/default-mapping.ts';
import { UploaderError, failure } from './errors.ts';
import { findingsOf, looksLikeValue } from './findings.ts';
import { prepareRows } from './read-events.ts';
import { readColumns } from './read/columns.ts';
import { parseCells } from './read/csv-cells.ts';
import { maxRecordBytes, openRows, sniffRows, type SniffedFile } from './read/open-rows.ts';
import type { InspectJob } from './read/reader-protocol.ts';
import type { ReadFormat } from './read/sniff.ts';
import { shapeRecords } from './row-shaping.ts';
import { emptyMembers, scanObject } from './shape/object-members.ts';
import { decimalCommas } from './shape/row-values.ts';
import { columnType, looksLikeSeconds, suggestMapping, timestampCandidates, type SampledColumn, type Suggestion } from './shape/suggest.ts';

const sampledRows = 100;
const previewedRows = 20;

/** Describes a file. Expected failures are in `refusal`, so that a screen can show them beside the file. */
export async function inspectFile(order: InspectJob): Promise<Inspection> {
  const name = basename(order.path);
  const settings = order.mapping?.format ?? order.format ?? defaultFormat;
  let sniffed: SniffedFile | undefined;
  try {
    sniffed = await sniffRows(order.path, settings);
    return await describe(order, name, settings, sniffed);
  } catch (error) {
    if (!(error instanceof UploaderError)) throw error;
    return refused(order, name, settings, sniffed, error);
  }
}

async function describe(order: InspectJob, name: string, settings: FormatSettings, sniffed: SniffedFile): Promise<Inspection> {
  const { format } = sniffed;
  const sample = format.kind === 'csv' ? await sampleCsv(order.path, format) : await sampleNdjson(order.path, format);
  const columns: readonly SampledColumn[] = sample.names.map((column, at) => ({
    name: column,
    values: sample.rows.map((row) => row[at] ?? '').filter((value) => value !== ''),
  }));
  const candidates = timestampCandidates(columns);
  const commas = format.kind === 'csv' && format.delimiter !== ',' ? decimalCommas(columns) : [];
  const suggestion = withCommas(suggestMapping(name, settings, columns, candidates), commas);
  const mapping = order.mapping ?? suggestion.mapping;
  return {
    path: order.path,
    name,
    sizeBytes: sniffed.sizeBytes,
    format: describeFormat(format),
    explanations: [
      ...explainFormat(sniffed, sample.names.length),
      ...explainHeader(format, sample.names),
      ...explainCommas(commas),
      ...explainColumns(columns, suggestion.missing),
    ],
    findings: findingsOf({ sniffed, settings, columns, rows: sample.rows, candidates, commas, suggestion: suggestion.mapping }),
    columns: columns.map((column) => ({
      name: column.name,
      type: commas.includes(column.name) ? 'number' : columnType(column, candidates),
      examples: [...new Set(column.values)].slice(0, 3).map((value) => value.slice(0, 200)),
    })),
    rows: sample.rows.map((row) => row.map((cell) => cell.slice(0, 1_000))),
    suggestion: suggestion.mapping,
    timestampCandidates: candidates.slice(0, 20).map(({ column, patterns, reason }) => ({ column, patterns: [...patterns], reason })),
    missing: order.mapping === undefined ? [...suggestion.missing] : [],
    ...(await previewOf(order, name, mapping)),
  };
}

async function previewOf(order: InspectJob, fileName: string, mapping: Mapping): Promise<Pick<Inspection, 'preview' | 'refusal'>> {
  try {
    const { path, schema, maxEventBytes } = order;
    const fieldTypes = new Map((order.fieldTypes ?? []).map(([metric, fields]) => [metric, new Map(fields)] as const));
    const shaper = await prepareRows({ path, fileName, mapping, fieldTypes, schema, maxEventBytes, pastService: true });
    const { source, reader } = await openRows(order.path, shaper.format, shaper.firstRow, maxRecordBytes, () => undefined);
    try {
      const preview: Inspection['preview'] = [];
      while (preview.length < previewedRows) {
        const block = await reader.read();
        if (block === undefined) break;
        const shapeAt = shapeRecords(block, shaper);
        for (let at = 0; at < block.records.count && preview.length < previewedRows; at += 1) {
          const line = block.baseLine + (block.records.lines[at] ?? 0);
          const shaped = shapeAt(at);
          if (typeof shaped === 'string') preview.push({ line, event: shaped.slice(0, 4_000) });
          else preview.push({ line, reject: failure(shaped.code, shaped.reason, { line, column: shaped.column }) });
        }
      }
      return { preview };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof UploaderError)) throw error;
    return { preview: [], refusal: error.toFailure() };
  }
}

interface Sample {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

async function sampleCsv(path: string, format: ReadFormat): Promise<Sample> {
  const columns = await readColumns(path, format);
  const rows: (readonly string[])[] = [];
  const { source, reader } = await openRows(path, format, columns.firstRow, maxRecordBytes, () => undefined);
  try {
    while (rows.length < sampledRows) {
      const block = await reader.read();
      if (block === undefined) break;
      const cellsOf = parseCells(block.text, block.records, format);
      for (let at = 0; at < block.records.count && rows.length < sampledRows; at += 1) {
        const cells = cellsOf(at);
        if (cells !== undefined) rows.push(cells);
      }
    }
  } finally {
    await source.close();
  }
  return { names: columns.names, rows };
}

async function sampleNdjson(path: string, format: ReadFormat): Promise<Sample> {
  const names = new Map<string, number>();
  const rows: string[][] = [];
  const members = emptyMembers();
  const { source, reader } = await openRows(path, format, { byte: format.bomBytes, line: 1 }, maxRecordBytes, () => undefined);
  try {
    while (rows.length < sampledRows) {
      const block = await reader.read();
      if (block === undefined) break;
      const { records, text } = block;
      for (let at = 0; at < records.count && rows.length < sampledRows; at += 1) {
        const line = text.toString('utf8', records.starts[at], records.ends[at]);
        if (!isObject(line)) continue;
        scanObject(line, members);
        const row: string[] = [];
        for (let member = 0; member < members.count; member += 1) {
          const name = members.names[member] ?? '';
          const column = names.get(name) ?? names.size;
          names.set(name, column);
          row[column] = asText(members.values[member] ?? '');
        }
        rows.push(Array.from(row, (cell: string | undefined) => cell ?? ''));
      }
    }
  } finally {
    await source.close();
  }
  return { names: [...names.keys()], rows: rows.map((row) => [...names.values()].map((column) => row[column] ?? '')) };
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The text a person sees for a JSON value. */
function asText(value: string): string {
  if (value === 'null') return '';
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}

const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

function explainFormat({ format, encodingReason }: SniffedFile, columns: number): string[] {
  const zipped = format.gzip ? ', compressed with gzip' : '';
  const kind =
    format.kind === 'ndjson'
      ? format.isArray === true
        ? `A JSON array${zipped}: its elements are the rows.`
        : `JSON lines${zipped}: one object per line.`
      : `CSV${zipped}: ${columns} columns separated by ${delimiterNames[format.delimiter] ?? format.delimiter}; ${format.header ? 'the first line names them' : 'no header'}.`;
  return [kind, `Encoding: ${encodingReason}.`];
}

/** A first line of nothing but values has probably been taken for names. */
function explainHeader(format: ReadFormat, names: readonly string[]): string[] {
  const isData = format.kind === 'csv' && format.header && format.columns === undefined && names.length > 0 && names.every(looksLikeValue);
  return isData
    ? ['The first line looks like values and not like names: if it is, format.header is false and format.columns names them.']
    : [];
}

const explainCommas = (columns: readonly string[]): string[] =>
  columns.length === 0 ? [] : [`Numbers with a decimal comma in ${columns.join(', ')}; they are sent with a point.`];

const withCommas = (suggestion: Suggestion, columns: readonly string[]): Suggestion =>
  columns.length === 0 ? suggestion : { ...suggestion, mapping: { ...suggestion.mapping, decimalComma: true } };

function explainColumns(columns: readonly SampledColumn[], missing: readonly string[]): string[] {
  const seconds = columns
    .filter(looksLikeSeconds)
    .map(({ name }) => `${name} looks like seconds since 1970; the service takes milliseconds.`);
  const metric = missing.includes('metricType') ? ['No column is called metrictype: say which metric type the rows belong to.'] : [];
  const time = missing.includes('timestamp') ? ['Which column holds the time, and how it is to be read, has to be said.'] : [];
  return [...seconds, ...metric, ...time];
}

const describeFormat = (format: ReadFormat): Inspection['format'] => ({
  kind: format.kind,
  gzip: format.gzip,
  ...(format.kind === 'csv' ? { delimiter: format.delimiter } : {}),
  quote: format.quote,
  header: format.header,
  encoding: format.encoding,
  newline: format.newline,
});

function refused(
  order: InspectJob,
  name: string,
  settings: FormatSettings,
  sniffed: SniffedFile | undefined,
  error: UploaderError,
): Inspection {
  return {
    path: order.path,
    name,
    sizeBytes: sniffed?.sizeBytes ?? 0,
    refusal: error.toFailure(),
    format:
      sniffed === undefined
        ? { kind: 'csv', gzip: false, quote: settings.quote, header: settings.header, encoding: 'utf-8', newline: 'lf' }
        : describeFormat(sniffed.format),
    explanations: [],
    findings: [],
    columns: [],
    rows: [],
    suggestion: order.mapping ?? defaultMapping,
    timestampCandidates: [],
    missing: [],
    preview: [],
  };
}
