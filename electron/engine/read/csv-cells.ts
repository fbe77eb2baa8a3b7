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
    if (parsed.length === to - from) {
      for (let at = from; at < to; at += 1) rows[at] = parsed[at - from];
    } else {
      for (let at = from; at < to; at += 1) {
        const one = parse(text.toString('utf8', records.starts[at], records.nexts[at]), dialect);
        rows[at] = one.length === 1 ? one[0] : undefined;
      }
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
    const rows = parse(text.toString('utf8', records.starts[index], records.nexts[index]), dialect);
    return rows.length === 1 ? rows[0] : undefined;
  };
}

/** Rows of a text made of whole records; the line end of the last one may be missing. */
function parse(text: string, dialect: CsvDialect): string[][] {
  const newline = dialect.newline === 'cr' ? '\r' : '\n';
  const ended = text.endsWith(newline) ? text : text + newline;
  const { data } = Papa.parse<string[]>(ended, { delimiter: dialect.delimiter, quoteChar: dialect.quote, newline, header: false });
  data.pop();
  if (newline === '\n') {
    for (const row of data) {
      const last = row.length - 1;
      const cell = row[last];
      if (cell !== undefined && cell.charCodeAt(cell.length - 1) === 0x0d) row[last] = cell.slice(0, -1);
    }
  }
  return data;
}
