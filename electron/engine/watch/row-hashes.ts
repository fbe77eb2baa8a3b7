/** record: the hashes of the rows of a version, by which a rewritten file is told row by row from what was sent of it. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TailSegment } from '../read/tail-protocol.ts';

/** Of a longer file only so many rows can be told apart; 8 bytes each. */
export const hashedRows = 2_000_000;
const hashBytes = 8;

export class RowHashes {
  private made = false;

  constructor(private readonly folder: string) {}

  /** Writes the hashes of a segment to their places: written twice, they are the same. Throws what the disk says. */
  write(segment: TailSegment): void {
    if (segment.rowHashes.byteLength === 0) return;
    if (!this.made) mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.made = true;
    const path = this.pathOf(segment.fileId);
    const file = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
    try {
      writeSync(file, segment.rowHashes, 0, segment.rowHashes.byteLength, segment.from.row * hashBytes);
    } finally {
      closeSync(file);
    }
  }

  /** Path of the hashes of a version, when there are any for all its rows. */
  known(fileId: string, rows: number): string | undefined {
    const path = this.pathOf(fileId);
    return rows <= hashedRows && existsSync(path) ? path : undefined;
  }

  forget(fileId: string): void {
    rmSync(this.pathOf(fileId), { force: true });
  }

  private pathOf(fileId: string): string {
    return join(this.folder, `${fileId}.rows`);
  }
}
