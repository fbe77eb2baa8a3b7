import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { blocksHeld, gzip } from '../../../electron/engine/compress/gzip.ts';
import { fileBlocks } from '../../../electron/engine/object-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'object-source-'));
const path = join(folder, 'rows.csv');
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(sizeBytes: number, blockBytes: number): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const block of fileBlocks(path, sizeBytes, blockBytes, 2)) all.push(Buffer.from(block));
  return Buffer.concat(all);
}

describe('the bytes of a file', () => {
  const bytes = Buffer.from(Array.from({ length: 10_007 }, (_, index) => (index * 31) % 251));

  it('are all there, whatever the size of the blocks, and none behind the size that was looked at', async () => {
    writeFileSync(path, bytes);
    for (const blockBytes of [1, 7, 100, 2_501, 5_000, 10_007, 20_000]) {
      expect((await read(bytes.length, blockBytes)).equals(bytes), `blocks of ${blockBytes}`).toBe(true);
    }
    expect((await read(5_000, 300)).equals(bytes.subarray(0, 5_000))).toBe(true);
    expect(await read(0, 300)).toHaveLength(0);
  });

  it('end where the file ends when it has become shorter', async () => {
    writeFileSync(path, bytes.subarray(0, 4_321));
    expect((await read(bytes.length, 100)).equals(bytes.subarray(0, 4_321))).toBe(true);
  });

  it('are compressed from memory that is used again, and come out as they were', async () => {
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, row) => `${row},${(row * 7919) % 1_000}\n`).join(''));
    writeFileSync(path, text);
    const pieces: Buffer[] = [];
    const source = fileBlocks(path, text.length, 4_096, blocksHeld);
    for await (const piece of gzip(source, { level: 1, blockBytes: 4_096 })) pieces.push(piece.bytes);
    expect(gunzipSync(Buffer.concat(pieces)).equals(text)).toBe(true);
  });

  it('of a file that is not there are told as missing', async () => {
    await expect(fileBlocks(join(folder, 'none.csv'), 10, 10, 2).next()).rejects.toMatchObject({ code: 'file-missing' });
  });
});
