/** Rows of a file of rejects for people: a page of them, one of them whole, and one of them changed. */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { z } from 'zod';
import type { OpenReject, rejectRowSchema } from '../../../shared/contract/transfers.ts';
import { UploaderError } from '../errors.ts';
import { rejectEntries, staysOneRow, type RejectEntry } from './reject-lines.ts';

type RejectRow = Omit<z.infer<typeof rejectRowSchema>, 'fileName'>;
export type OpenRow = Omit<OpenReject, 'fileName' | 'fileId'>;

/** Texts in lists are cut to so many characters. */
const listedText = 2_000;

const rowOf = ({ line, column, code, reason, source }: RejectEntry): RejectRow => ({
  ...{ line, column, code, reason },
  source: source.slice(0, listedText),
});

const openOf = (entry: RejectEntry, at: number): OpenRow => ({
  ...rowOf(entry),
  ...{ at, digest: digestOf(entry.source), isCut: entry.source.length > listedText },
});

const digestOf = (source: string): string => createHash('sha256').update(source).digest('base64url').slice(0, 22);

/** Rows from `offset` on, at most `limit`. */
async function entriesFrom(path: string, offset: number, limit: number): Promise<readonly RejectEntry[]> {
  const found: RejectEntry[] = [];
  if (limit <= 0) return found;
  let seen = 0;
  for await (const entry of rejectEntries(path)) {
    if (entry.kind !== 'row') continue;
    seen += 1;
    if (seen > offset) found.push(entry);
    if (found.length >= limit) break;
  }
  return found;
}

/** Rows of a file of rejects, from `offset` on, at most `limit`. Texts are cut to 2,000 characters. */
export async function readRejects(path: string, offset: number, limit: number): Promise<readonly RejectRow[]> {
  return (await entriesFrom(path, offset, limit)).map(rowOf);
}

/** The same, each with what is needed to change it. */
export async function readOpenRejects(path: string, offset: number, limit: number): Promise<readonly OpenRow[]> {
  return (await entriesFrom(path, offset, limit)).map((entry, index) => openOf(entry, offset + index));
}

/** One row, with its whole text. Throws `not-found`. */
export async function readWholeReject(path: string, at: number): Promise<OpenRow> {
  const [entry] = await entriesFrom(path, at, 1);
  if (entry === undefined) throw new UploaderError('not-found', `there is no rejected row ${String(at)} in ${path}`, { path, row: at });
  return { ...openOf(entry, at), source: entry.source, isCut: false };
}

export interface RejectEdit {
  /** Which row, counted from 0. */
  readonly at: number;
  /** Of the row as it was seen. */
  readonly digest: string;
  /** What it is to be; empty: the row is not sent. */
  readonly source: string;
}

/**
 * Changes one row. The file is replaced as a whole, so that after a crash it is the old or the new one; `onReplace` is called with its
 * new size around that. Throws `rejects-changed` when the row, or the file meanwhile, is not what was seen any more, and
 * `input-invalid` when the text could not be told from several rows.
 */
export async function changeReject(path: string, edit: RejectEdit, onReplace: (bytes: number) => void): Promise<OpenRow> {
  const changed = (): UploaderError =>
    new UploaderError('rejects-changed', `row ${String(edit.at)} of ${path} was changed meanwhile`, { path, row: edit.at });
  if (!staysOneRow(edit.source, path)) {
    throw new UploaderError('input-invalid', 'a line of the text looks like the beginning of another rejected row', { row: edit.at });
  }
  if (!existsSync(path)) throw changed();
  const before = statSync(path);
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const entry = await copyWith(path, temporary, edit);
    const now = statSync(path);
    if (entry === undefined || now.size !== before.size || now.mtimeMs !== before.mtimeMs) throw changed();
    const { size } = statSync(temporary);
    // From the last look at the file to here nothing else runs, so that no row is appended to the file that goes.
    onReplace(Math.max(size, now.size));
    renameSync(temporary, path);
    onReplace(size);
    return openOf({ ...entry, source: edit.source }, edit.at);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The row that was changed; undefined when it is not there as it was seen. */
async function copyWith(from: string, to: string, edit: RejectEdit): Promise<RejectEntry | undefined> {
  const out = createWriteStream(to, { mode: 0o600, flags: 'wx', flush: true });
  let found: RejectEntry | undefined;
  let at = 0;
  for await (const entry of rejectEntries(from)) {
    let text = entry.kind === 'row' ? entry.withSource(entry.source) : entry.text;
    if (entry.kind === 'row') {
      if (at === edit.at && digestOf(entry.source) === edit.digest) {
        found = entry;
        text = entry.withSource(edit.source);
      }
      at += 1;
    }
    if (!out.write(`${text}\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return found;
}
