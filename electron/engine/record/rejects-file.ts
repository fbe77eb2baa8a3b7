import { closeSync, existsSync, ftruncateSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import Papa from 'papaparse';
import { z } from 'zod';
import { rejectCodeSchema } from '../../../shared/contract/common.ts';
import type { rejectRowSchema } from '../../../shared/contract/transfers.ts';
import type { RejectCode } from '../../../shared/error-codes.ts';
import { UploaderError } from '../errors.ts';
import type { Reject } from '../model.ts';

type RejectRow = Omit<z.infer<typeof rejectRowSchema>, 'fileName'>;

/** How rejected rows are written: in the format of their source, its text untouched behind what is said about it. */
export interface RejectsFormat {
  readonly kind: 'csv' | 'ndjson';
  readonly delimiter: string;
  /** The source's header as it stands there; empty without one. */
  readonly headerText: string;
}

export const rejectColumns = ['reject_line', 'reject_column', 'reject_code', 'reject_reason'] as const;

/**
 * The file of rejected rows of one file version. It is appended to before the journal records its new size; on opening,
 * whatever lies behind the size the journal knows was never recorded and is cut off.
 *
 * CSV: four columns before the source's own (line, column, code, reason). JSON lines: an object
 * `{"line", "column", "code", "reason", "source"}` where `source` is the text of the line.
 */
export class RejectsFile {
  private descriptor: number | undefined;

  constructor(
    readonly path: string,
    private size: number,
    private readonly format: RejectsFormat,
  ) {}

  /** Size with everything appended so far; 0 as long as there are no rejects. */
  get bytes(): number {
    return this.size;
  }

  /** Appends rows and returns the new size. Throws `UploaderError` `disk-full`. */
  append(rejects: readonly Reject[]): number {
    if (rejects.length === 0) return this.size;
    let bytes: Buffer;
    try {
      const descriptor = this.open();
      const text = (this.size === 0 ? this.head() : '') + rejects.map((reject) => this.line(reject)).join('');
      bytes = Buffer.from(text, 'utf8');
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written, bytes.length - written, this.size + written);
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
        throw new UploaderError('disk-full', `there is no room left for the rejects in ${this.path}`, { path: this.path }, error);
      }
      throw error;
    }
    this.size += bytes.length;
    return this.size;
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private open(): number {
    if (this.descriptor !== undefined) return this.descriptor;
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const descriptor = openSync(this.path, existsSync(this.path) ? 'r+' : 'w+', 0o600);
    const { size } = fstatSync(descriptor);
    if (size > this.size) ftruncateSync(descriptor, this.size);
    // Somebody removed or emptied it since: what is written now must not follow a hole of NUL bytes.
    else this.size = size;
    this.descriptor = descriptor;
    return descriptor;
  }

  private head(): string {
    if (this.format.kind === 'ndjson') return '';
    const names = rejectColumns.join(this.format.delimiter);
    return this.format.headerText === '' ? `${names}\n` : `${names}${this.format.delimiter}${this.format.headerText}\n`;
  }

  private line(reject: Reject): string {
    const { line, column, code, reason, source } = reject;
    if (this.format.kind === 'ndjson') return `${JSON.stringify({ line, column, code, reason, source })}\n`;
    const own = Papa.unparse([[line, onOneLine(column), code, onOneLine(reason)]], { delimiter: this.format.delimiter });
    return `${own}${this.format.delimiter}${source}\n`;
  }
}

/** A header cell or the answer of a service can hold line breaks. */
const onOneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

const ndjsonReject = z.object({
  line: z.number().int(),
  column: z.string(),
  code: rejectCodeSchema,
  reason: z.string(),
  source: z.string(),
});

/** Rows of a file of rejects, from `offset` on, at most `limit`. Texts are cut to 2,000 characters. */
export async function readRejects(path: string, offset: number, limit: number): Promise<readonly RejectRow[]> {
  if (!existsSync(path)) return [];
  const rows: RejectRow[] = [];
  const parse = path.endsWith('.ndjson') ? fromJson : fromCsv;
  let seen = 0;
  for await (const line of linesOf(path)) {
    const row = parse(line);
    if (row !== undefined) {
      if (rows.length >= limit) break;
      seen += 1;
      if (seen > offset) rows.push(row);
      continue;
    }
    // A row of the source can have line breaks in quotes; what follows them belongs to the row before.
    const last = rows.at(-1);
    if (last !== undefined) rows[rows.length - 1] = { ...last, source: `${last.source}\n${line}`.slice(0, 2_000) };
  }
  return rows;
}

export interface RejectSources {
  readonly kind: 'csv' | 'ndjson';
  readonly delimiter: string | undefined;
  /** The source's own header; empty without one. */
  readonly headerText: string;
  /** The rows as they stand there by now, without what was said about them. */
  readonly rows: AsyncIterable<string>;
}

/** The rows of a file of rejects, as somebody may have corrected them. Throws `file-missing` when the file is gone. */
export async function rejectSources(path: string): Promise<RejectSources> {
  if (!existsSync(path)) throw new UploaderError('file-missing', `the file of rejects ${path} does not exist any more`, { path });
  if (path.endsWith('.ndjson')) return { kind: 'ndjson', delimiter: undefined, headerText: '', rows: jsonSources(path) };
  const names = rejectColumns.join('\u0000');
  for await (const line of linesOf(path)) {
    const bare = line.replace(/^\ufeff/, '').replace(/\r$/, '');
    const delimiter = bare.charAt(rejectColumns[0].length);
    const head = names.replaceAll('\u0000', delimiter);
    const headerText = bare.startsWith(`${head}${delimiter}`) ? bare.slice(head.length + 1) : '';
    return { kind: 'csv', delimiter: delimiter === '' ? undefined : delimiter, headerText, rows: csvSources(path) };
  }
  return { kind: 'csv', delimiter: undefined, headerText: '', rows: csvSources(path) };
}

async function* jsonSources(path: string): AsyncGenerator<string> {
  for await (const line of linesOf(path)) {
    const parsed = ndjsonReject.pick({ source: true }).safeParse(parsedJson(line));
    if (parsed.success) yield parsed.data.source;
  }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* csvSources(path: string): AsyncGenerator<string> {
  let source: string | undefined;
  for await (const line of linesOf(path)) {
    const found = csvReject.exec(line.replace(/\r$/, ''));
    if (found !== null && rejectCodeSchema.safeParse(found[4]).success) {
      if (source !== undefined) yield source;
      source = found[6] ?? '';
    } else if (source !== undefined) source += `\n${line}`;
  }
  if (source !== undefined) yield source;
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

function fromJson(line: string): RejectRow | undefined {
  try {
    const parsed = ndjsonReject.safeParse(JSON.parse(line));
    return parsed.success ? { ...parsed.data, source: parsed.data.source.slice(0, 2_000) } : undefined;
  } catch {
    return undefined;
  }
}

/** The four columns before the source's are ours and written without line breaks, so their end can be found by itself. */
const csvReject = /^(\d+)([,;|\t]|.)("(?:[^"]|"")*"|[^"]*?)\2([a-z0-9-]+)\2("(?:[^"]|"")*"|[^"]*?)\2(.*)$/s;

function fromCsv(line: string): RejectRow | undefined {
  const found = csvReject.exec(line);
  const code = rejectCodeSchema.safeParse(found?.[4]);
  if (found === null || !code.success) return undefined;
  return {
    line: Number(found[1]),
    column: unquote(found[3] ?? ''),
    code: code.data satisfies RejectCode,
    reason: unquote(found[5] ?? ''),
    source: (found[6] ?? '').slice(0, 2_000),
  };
}

const unquote = (cell: string): string => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
