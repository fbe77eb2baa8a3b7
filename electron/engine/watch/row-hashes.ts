/** record: the hashes of the rows of a version, by which a rewritten file is told row by row from what was sent of it. */
import { closeSync, constants, existsSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { UploaderError } from '../errors.ts';
import type { TailSegment } from '../read/tail-protocol.ts';

/** Of a longer file only so many rows can be told apart; 8 bytes each. */
export const hashedRows = 2_000_000;
const hashBytes = 8;
const ending = '.rows';

export class RowHashes {
  private made = false;

  constructor(private readonly folder: string) {}

  /** Writes the hashes of a segment to their places: written twice, they are the same. Throws `UploaderError` `disk-full`. */
  write(segment: TailSegment): void {
    try {
      this.writeNow(segment);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
      throw new UploaderError('disk-full', `there is no room left in ${this.folder}`, { path: this.folder }, error);
    }
  }

  private writeNow(segment: TailSegment): void {
    if (segment.rowHashes.byteLength === 0) return;
    if (!this.made) mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.made = true;
    const path = this.pathOf(segment.fileId);
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { rowHashes, from } = segment;
      // On a disk that is getting full, a part of it may be written without an error.
      for (let done = 0; done < rowHashes.byteLength;)
        done += writeSync(file, rowHashes, done, rowHashes.byteLength - done, from.row * hashBytes + done);
    } finally {
      closeSync(file);
    }
  }

  /** Path of the hashes of a version, when there are any for all its rows. */
  known(fileId: string, rows: number): string | undefined {
    const path = this.pathOf(fileId);
    return rows <= hashedRows && existsSync(path) ? path : undefined;
  }

  /** Path of them as `known` says, with those of rows cut off that were never planned: a full disk or a kill may leave such. */
  upTo(fileId: string, rows: number): string | undefined {
    const path = this.known(fileId, rows);
    if (path !== undefined && statSync(path).size > rows * hashBytes) truncateSync(path, rows * hashBytes);
    return path;
  }

  /** Versions that there are hashes of, up to `most` at a time. */
  async *versions(most: number): AsyncGenerator<readonly string[]> {
    if (!existsSync(this.folder)) return;
    let ids: string[] = [];
    for await (const { name } of await opendir(this.folder)) {
      if (name.endsWith(ending)) ids.push(name.slice(0, -ending.length));
      if (ids.length < most) continue;
      yield ids;
      ids = [];
    }
    if (ids.length > 0) yield ids;
  }

  remove(fileId: string): void {
    rmSync(this.pathOf(fileId), { force: true });
  }

  private pathOf(fileId: string): string {
    return join(this.folder, `${fileId}${ending}`);
  }
}
