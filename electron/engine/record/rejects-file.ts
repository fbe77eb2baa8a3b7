import { closeSync, existsSync, ftruncateSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import Papa from 'papaparse';
import { UploaderError } from '../errors.ts';
import type { Reject } from '../model.ts';
import { rejectColumns } from './reject-lines.ts';

/** How rejected rows are written: in the format of their source, its text untouched behind what is said about it. */
export interface RejectsFormat {
  readonly kind: 'csv' | 'ndjson';
  readonly delimiter: string;
  /** The source's header as it stands there; empty without one. */
  readonly headerText: string;
}

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
