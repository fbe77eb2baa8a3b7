import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, describe, expect, it } from 'vitest';
import { openSource, type Encoding, type SourceOptions } from '../../../../electron/engine/read/byte-source.ts';
import { testFolder } from './texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

async function readText(path: string, options: Partial<SourceOptions>): Promise<string> {
  const source = await openSource(path, { gzip: false, encoding: 'utf-8', startByte: 0, ...options });
  const blocks: Buffer[] = [];
  try {
    for (let block = await source.read(); block !== undefined; block = await source.read()) blocks.push(Buffer.from(block));
    return Buffer.concat(blocks).toString();
  } finally {
    await source.close();
  }
}

const encoded: Readonly<Record<Encoding, (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-16le': (text) => iconv.encode(text, 'utf-16le', { addBOM: true }),
  'utf-16be': (text) => iconv.encode(text, 'utf-16be', { addBOM: true }),
  'windows-1252': (text) => iconv.encode(text, 'windows-1252'),
};
const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
const text = 'Zürich;21,5 °C\nMünchen;19 µm\n';
const wideText = `${text}気温;𝄞𝄞😀\n`;

describe.each(encodings)('%s', (encoding) => {
  const content = encoding === 'windows-1252' ? text : wideText;
  it.each([false, true])('is read as text in blocks of any size (gzip: %s)', async (gzip) => {
    const bytes = encoded[encoding](content);
    const path = folder.write(`${encoding}-${String(gzip)}`, gzip ? gzipSync(bytes) : bytes);
    for (const blockBytes of gzip ? [64, 65, 67, 71] : [1, 2, 3, 4, 5, 7, 64]) {
      expect(await readText(path, { gzip, encoding, blockBytes })).toBe(content);
    }
  });

  it('is the right text when reading begins in the middle', async () => {
    const path = folder.write(`${encoding}-middle`, encoded[encoding](content));
    const utf8 = Buffer.from(content);
    for (let startByte = 0; startByte <= utf8.length; startByte += 1) {
      const got = await readText(path, { encoding, startByte, blockBytes: 5 });
      expect(got).toBe(utf8.subarray(startByte).toString());
    }
  });
});

it('characters outside the basic plane survive every block boundary of UTF-16', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('a', 'é', '気', '😀', '𝄞'), maxLength: 20 }),
      fc.constantFrom('utf-16le' as const, 'utf-16be' as const),
      fc.integer({ min: 1, max: 9 }),
      async (written, encoding, blockBytes) => {
        const path = folder.write('wide', encoded[encoding](written));
        expect(await readText(path, { encoding, blockBytes })).toBe(written);
      },
    ),
    { numRuns: 100 },
  );
});

describe('gzip', () => {
  it('of several members is one text', async () => {
    const path = folder.write('members.gz', Buffer.concat([gzipSync('a,b\n1,2\n'), gzipSync('3,4\n'), gzipSync('')]));
    expect(await readText(path, { gzip: true })).toBe('a,b\n1,2\n3,4\n');
  });

  it('cut short or damaged is told, not taken for the end', async () => {
    const whole = gzipSync(Array.from({ length: 5_000 }, (_, at) => `${at * 7919},${(at * 104729) % 1013}\n`).join(''));
    const damaged = Buffer.from(whole);
    const middle = whole.length >> 1;
    damaged.fill(0xff, middle, middle + 50);
    for (const bytes of [whole.subarray(0, middle), whole.subarray(0, -3), damaged]) {
      const path = folder.write('cut.gz', bytes);
      await expect(readText(path, { gzip: true })).rejects.toMatchObject({ code: 'gzip-corrupt' });
    }
  });
});

it('says why a file cannot be opened', async () => {
  await expect(readText('/nowhere/a.csv', {})).rejects.toMatchObject({ code: 'file-missing', context: { path: '/nowhere/a.csv' } });
  await expect(readText('/nowhere/a.csv', { encoding: 'utf-16le' })).rejects.toMatchObject({ code: 'file-missing' });
});

it('a folder is no file', async () => {
  const path = folder.write('x', '').replace(/x$/, '');
  await expect(readText(path, {})).rejects.toMatchObject({ code: 'file-is-directory' });
});
