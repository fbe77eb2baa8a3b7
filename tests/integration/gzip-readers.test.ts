/** What the compressor makes, read by the programs that people and services read gzip with. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../build/browser.ts';
import { gzip } from '../../electron/engine/compress/gzip.ts';
import { gzipReaders, hasProgram } from '../fakes/gzip-readers.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const folder = mkdtempSync(join(tmpdir(), 'gzip-readers-'));
const file = join(folder, 'rows.csv.gz');
let expected = '';

beforeAll(async () => {
  let text = 'timestamp,sensor,value\n';
  for (let row = 0; row < 120_000; row += 1) text += `${1_700_000_000_000 + row},s${row % 50},${(row * 7919) % 1_000}.5é\n`;
  const bytes = Buffer.from(text);
  expected = digest(bytes);
  async function* source(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += 100_000) yield await Promise.resolve(bytes.subarray(at, at + 100_000));
  }
  const pieces: Buffer[] = [];
  for await (const piece of gzip(source(), { level: 2, blockBytes: 256 * 1024 })) pieces.push(piece.bytes);
  writeFileSync(file, Buffer.concat(pieces));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a compressed object is read by', () => {
  for (const reader of gzipReaders) {
    it.skipIf(!reader.isThere)(reader.name, async () => {
      expect(await reader.digest(file, folder)).toBe(expected);
    });
  }

  it.skipIf(!hasProgram('gzip', '--version'))('gzip, which also finds its checksum right', () => {
    expect(hasProgram('gzip', '-t', file)).toBe(true);
  });

  it('DecompressionStream of Node', async () => {
    const stream = new Blob([readFileSync(file)]).stream().pipeThrough(new DecompressionStream('gzip'));
    expect(digest(new Uint8Array(await new Response(stream).arrayBuffer()))).toBe(expected);
  });

  it('DecompressionStream of Chromium', async () => {
    const browser = await chromium.launch(findBrowser());
    try {
      const page = await browser.newPage();
      await page.setContent('<input type="file">');
      await page.setInputFiles('input', file);
      const found = await page.evaluate(`(async () => {
        const stream = document.querySelector('input').files[0].stream().pipeThrough(new DecompressionStream('gzip'));
        const bytes = await new Response(stream).arrayBuffer();
        let sum = 0, length = 0;
        for (const byte of new Uint8Array(bytes)) { sum = (sum * 31 + byte) >>> 0; length += 1; }
        return [sum, length];
      })()`);
      const bytes = execFileSync('gzip', ['-dc', file], { maxBuffer: 100_000_000 });
      let sum = 0;
      for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) >>> 0;
      expect(found).toEqual([sum, bytes.length]);
    } finally {
      await browser.close();
    }
  });
});
