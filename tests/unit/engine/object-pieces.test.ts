import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import {
  isPieceKey,
  pieceKey,
  pieceStem,
  rowPieces,
  stretchBytesFor,
  textPieces,
  type Piece,
} from '../../../electron/engine/object-pieces.ts';
import type { Batch } from '../../../electron/engine/model.ts';
import { payloadOf } from './send/payloads.ts';

const folder = mkdtempSync(join(tmpdir(), 'pieces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'time,value\n';
const linesOf = (count: number): readonly string[] => Array.from({ length: count }, (_, row) => `${String(row)},${'x'.repeat(row % 40)}\n`);

/** The rows in stretches, as planning gives them. */
async function* stretches(lines: readonly string[], rowsOfStretch: number): AsyncGenerator<Batch, void> {
  let byte = header.length;
  for (let row = 0; row < lines.length; row += rowsOfStretch) {
    const some = lines.slice(row, row + rowsOfStretch);
    const from = { byte, row, line: row + 2 };
    byte += some.join('').length;
    const to = { byte, row: row + some.length, line: row + some.length + 2 };
    yield { from, to, payload: payloadOf(some.map((line) => ({ line }))), rejects: [], sourceDigest: '' };
  }
}

async function textsOf(pieces: AsyncIterable<Piece>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { content } of pieces) {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(Buffer.from(part));
    texts.push(Buffer.concat(parts).toString('utf8'));
  }
  return texts;
}

describe('a file cut into pieces', () => {
  it.each([false, true])('has the header in each, every row once, and none larger than it is to be (gzip: %s)', async (gzip) => {
    const lines = linesOf(2_000);
    const text = `${header}${lines.join('')}\n\n`;
    const path = join(folder, 'rows.csv');
    writeFileSync(path, gzip ? gzipSync(text) : text);
    const pieces = await textsOf(textPieces(stretches(lines, 30), { path, gzip, encoding: 'utf-8', pieceBytes: 5_000 }));
    expect(pieces.length).toBeGreaterThan(8);
    for (const piece of pieces) {
      expect(piece.startsWith(header)).toBe(true);
      expect(piece.trimEnd().length).toBeLessThanOrEqual(5_000 + header.length);
    }
    expect(header + pieces.map((piece) => piece.slice(header.length)).join('')).toBe(text);
  });

  it('is one piece without rows, and each stretch by itself where one is too large', async () => {
    const path = join(folder, 'few.csv');
    writeFileSync(path, header);
    expect(await textsOf(textPieces(stretches([], 1), { path, gzip: false, encoding: 'utf-8', pieceBytes: 10 }))).toEqual([header]);
    writeFileSync(path, header + linesOf(4).join(''));
    const pieces = await textsOf(textPieces(stretches(linesOf(4), 2), { path, gzip: false, encoding: 'utf-8', pieceBytes: 1 }));
    expect(pieces).toHaveLength(2);
  });

  it('has every row once as JSON lines, too', async () => {
    const lines = linesOf(500);
    const pieces = await textsOf(rowPieces(stretches(lines, 20), 4_000));
    expect(pieces.length).toBeGreaterThan(4);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(4_000);
    const rows = pieces.join('').trimEnd().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { readonly line: string }).line)).toEqual(lines);
    expect(await textsOf(rowPieces(stretches([], 1), 4_000))).toEqual(['']);
  });
});

describe('the keys of pieces', () => {
  it('are numbered before their endings, and known again whatever these are', () => {
    const key = pieceKey('p/a-0123456789ab.csv.gz', 7);
    expect(key).toBe('p/a-0123456789ab-00007.csv.gz');
    expect(pieceKey('p/a-0123456789ab.json', 12)).toBe('p/a-0123456789ab-00012.json');
    const stem = pieceStem('p/a-0123456789ab.csv.gz');
    for (const one of [key, 'p/a-0123456789ab-00001.json', 'p/a-0123456789ab-123456.json.gz']) expect(isPieceKey(one, stem)).toBe(true);
    for (const other of ['p/a-0123456789ab.csv.gz', 'p/a-0123456789ab-x.csv', 'p/b-00001.csv']) expect(isPieceKey(other, stem)).toBe(false);
  });

  it('come from stretches of which several make a piece', () => {
    expect(stretchBytesFor(1_000_000)).toBe(250_000);
    expect(stretchBytesFor(12_000_000)).toBe(2_000_000);
  });
});
