/** The lines of a file of rejects, and the rows in them as they stand there by now: somebody may have edited them. */
import { createReadStream, existsSync } from 'node:fs';
import { z } from 'zod';
import { rejectCodeSchema } from '../../../shared/contract/common.ts';
import type { RejectCode } from '../../../shared/error-codes.ts';
import { UploaderError } from '../errors.ts';

export const rejectColumns = ['reject_line', 'reject_column', 'reject_code', 'reject_reason'] as const;

export interface RejectEntry {
  readonly kind: 'row';
  readonly line: number;
  readonly column: string;
  readonly code: RejectCode;
  readonly reason: string;
  /** The row, whole. */
  readonly source: string;
  /** What stands in the file when the row is another one. */
  readonly withSource: (source: string) => string;
}

/** A line that is no row: the header, or one that somebody broke. */
interface OtherLine {
  readonly kind: 'other';
  readonly text: string;
}

/** Everything in a file of rejects, in order; nothing when it is gone. */
export async function* rejectEntries(path: string): AsyncGenerator<RejectEntry | OtherLine> {
  if (!existsSync(path)) return;
  yield* path.endsWith('.ndjson') ? jsonEntries(path) : csvEntries(path);
}

const ndjsonReject = z.object({
  line: z.number().int(),
  column: z.string(),
  code: rejectCodeSchema,
  reason: z.string(),
  source: z.string(),
});

async function* jsonEntries(path: string): AsyncGenerator<RejectEntry | OtherLine> {
  for await (const text of linesOf(path)) {
    const parsed = ndjsonReject.safeParse(parsedJson(text));
    if (parsed.success) yield { kind: 'row', ...parsed.data, withSource: (source) => JSON.stringify({ ...parsed.data, source }) };
    else yield { kind: 'other', text };
  }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* csvEntries(path: string): AsyncGenerator<RejectEntry | OtherLine> {
  let open: Omit<RejectEntry, 'withSource'> | undefined;
  let own = '';
  const entry = (row: Omit<RejectEntry, 'withSource'>): RejectEntry => {
    const before = own;
    // An editor that writes CRLF ends the row with it; within the row it is part of a quoted text.
    return { ...row, source: row.source.replace(/\r$/, ''), withSource: (source) => before + source };
  };
  for await (const text of linesOf(path)) {
    const row = csvRow(text);
    if (row !== undefined) {
      if (open !== undefined) yield entry(open);
      open = row;
      own = text.slice(0, text.length - row.source.length);
    } else if (open === undefined) yield { kind: 'other', text };
    // A row of the source can have line breaks in quotes; what follows them belongs to the row before.
    else open = { ...open, source: `${open.source}\n${text}` };
  }
  if (open !== undefined) yield entry(open);
}

/** The four columns before the source's are ours and written without line breaks, so their end can be found by itself. */
const csvReject = /^(\d+)([,;|\t]|.)("(?:[^"]|"")*"|[^"]*?)\2([a-z0-9-]+)\2("(?:[^"]|"")*"|[^"]*?)\2(.*)$/s;

function csvRow(line: string): Omit<RejectEntry, 'withSource'> | undefined {
  const found = csvReject.exec(line);
  const code = rejectCodeSchema.safeParse(found?.[4]);
  if (found === null || !code.success) return undefined;
  const [, number, , column = '', , reason = '', source = ''] = found;
  return { kind: 'row', line: Number(number), column: unquote(column), code: code.data, reason: unquote(reason), source };
}

const unquote = (cell: string): string => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);

/** Whether a text that is written into a file of rejects as a row can be found again as that row, and as nothing else. */
export const staysOneRow = (source: string, path: string): boolean =>
  path.endsWith('.ndjson') ||
  source
    .split('\n')
    .slice(1)
    .every((line) => csvRow(line) === undefined);

export interface RejectSources {
  readonly kind: 'csv' | 'ndjson';
  readonly delimiter: string | undefined;
  /** The source's own header; empty without one. */
  readonly headerText: string;
  /** The rows as they stand there by now, with the line that they are said to be in. */
  readonly rows: AsyncIterable<Pick<RejectEntry, 'line' | 'source'>>;
}

/** The rows of a file of rejects, as somebody may have corrected them. Throws `file-missing` when the file is gone. */
export async function rejectSources(path: string): Promise<RejectSources> {
  if (!existsSync(path)) throw new UploaderError('file-missing', `the file of rejects ${path} does not exist any more`, { path });
  const rows = sources(path);
  if (path.endsWith('.ndjson')) return { kind: 'ndjson', delimiter: undefined, headerText: '', rows };
  for await (const line of linesOf(path)) return { kind: 'csv', ...headerIn(line), rows };
  return { kind: 'csv', delimiter: undefined, headerText: '', rows };
}

async function* sources(path: string): AsyncGenerator<RejectEntry> {
  for await (const entry of rejectEntries(path)) if (entry.kind === 'row') yield entry;
}

/** What the first line of a CSV file of rejects says of its source. */
function headerIn(line: string): Pick<RejectSources, 'delimiter' | 'headerText'> {
  const bare = line.replace(/^\ufeff/, '').replace(/\r$/, '');
  const delimiter = bare.charAt(rejectColumns[0].length);
  const head = `${rejectColumns.join(delimiter)}${delimiter}`;
  return { delimiter: delimiter === '' ? undefined : delimiter, headerText: bare.startsWith(head) ? bare.slice(head.length) : '' };
}

/** Lines that end in LF and nothing else: node:readline would also break JSON at U+2028, which JSON does not escape. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const part of createReadStream(path, 'utf8')) {
    const lines = (rest + String(part)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
