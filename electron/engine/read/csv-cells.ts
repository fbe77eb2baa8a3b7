import Papa from 'papaparse';
import type { CsvDialect } from './csv-framer.ts';
import { recordKind, type FramedRecords } from './framed-records.ts';

/** Gives the cells of record `index` of the block, or undefined when papaparse does not see exactly one row there. */
export type CellRows = (index: number) => readonly string[] | undefined;

/**
 * Parses all whole records of a block with papaparse, in runs as long as possible (papaparse is fast on large texts and
 * slow on many small ones). Records of another kind have no cells.
 */
export function parseCells(text: Buffer, records: FramedRecords, dialect: CsvDialect): CellRows {
  const rows = new Array<readonly string[] | undefined>(records.count);
  let from = 0;
  while (from < records.count) {
    if (records.kinds[from] !== recordKind.whole) {
      from += 1;
      continue;
    }
    let to = from + 1;
    while (to < records.count && records.kinds[to] === recordKind.whole && records.starts[to] === records.nexts[to - 1]) to += 1;
    const parsed = parse(text.toString('utf8', records.starts[from], records.nexts[to - 1]), dialect);
    const agreed = parsed.length === to - from;
    for (let at = from; at < to; at += 1) {
      const row = agreed ? parsed[at - from] : undefined;
      rows[at] = row === undefined ? parseOne(text, records, at, dialect) : withoutReturn(row, text, records, at, dialect);
    }
    from = to;
  }
  return (index) => rows[index];
}

/** Records of a block that are parsed one by one before all of them are parsed at once. */
const fewRecords = 16;

/** As `parseCells`, for blocks of which perhaps only a few records are asked for. */
export function cellsOnDemand(text: Buffer, records: FramedRecords, dialect: CsvDialect): CellRows {
  let asked = 0;
  let all: CellRows | undefined;
  return (index) => {
    asked += 1;
    if (asked > fewRecords) {
      all ??= parseCells(text, records, dialect);
      return all(index);
    }
    if (records.kinds[index] !== recordKind.whole) return undefined;
    return parseOne(text, records, index, dialect);
  };
}

function parseOne(text: Buffer, records: FramedRecords, index: number, dialect: CsvDialect): readonly string[] | undefined {
  const rows = parse(text.toString('utf8', records.starts[index], records.ends[index]), dialect);
  return rows.length === 1 ? rows[0] : undefined;
}

/** In a run of lines the carriage return of a CRLF stands in the last cell, unless that was quoted: then it is text. */
function withoutReturn(row: string[], text: Buffer, records: FramedRecords, index: number, dialect: CsvDialect) {
  const last = row.length - 1;
  const cell = row[last];
  if (dialect.newline === 'cr' || cell === undefined || cell.charCodeAt(cell.length - 1) !== 0x0d) return row;
  const end = records.ends[index] ?? 0;
  const before = text[end - 1];
  const mayBeQuoted =
    before === dialect.quote.charCodeAt(0) || before === 0x20 || (before !== undefined && before >= 0x09 && before <= 0x0d);
  if (mayBeQuoted && text.subarray(records.starts[index], end).includes(dialect.quote)) return parseOne(text, records, index, dialect);
  row[last] = cell.slice(0, -1);
  return row;
}

/** Rows of a text made of whole records, those that end in CRLF with its CR; the line end of the last one may be missing. */
function parse(text: string, dialect: CsvDialect): string[][] {
  const newline = dialect.newline === 'cr' ? '\r' : '\n';
  const ended = text.endsWith(newline) ? text : text + newline;
  // papaparse takes a mark off the beginning of whatever it is given; in the middle of a file it is text.
  const whole = ended.charCodeAt(0) === 0xfeff ? `\ufeff${ended}` : ended;
  const { data } = Papa.parse<string[]>(whole, { delimiter: dialect.delimiter, quoteChar: dialect.quote, newline, header: false });
  data.pop();
  return data;
}
