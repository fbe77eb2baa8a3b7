import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzip, type GzipOptions } from '../../../../electron/engine/compress/gzip.ts';

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = Math.max(1, sizes[index % Math.max(1, sizes.length)] ?? bytes.length);
    yield await Promise.resolve(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
}

async function compressed(bytes: Buffer, options: Partial<GzipOptions> = {}, sizes: readonly number[] = []): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of gzip(chunked(bytes, sizes), { level: 1, ...options })) pieces.push(piece.bytes);
  return Buffer.concat(pieces);
}

const csv = (bytes: number): Buffer => {
  let text = 'timestamp,sensor,value\n';
  for (let row = 0; text.length < bytes; row += 1) text += `${1_700_000_000_000 + row},s${row % 50},${(row * 7919) % 1_000}.5\n`;
  return Buffer.from(text.slice(0, bytes));
};

describe('gzip', () => {
  it('gives back what went in, whatever the sizes of blocks and chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5_000 }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (data, sizes, blockBytes, blocksAtOnce, level) => {
          const bytes = Buffer.from(data);
          const result = await compressed(bytes, { blockBytes, blocksAtOnce, level }, sizes);
          expect(gunzipSync(result).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same bytes for the same input and level, however it arrives and however many blocks run at once', async () => {
    const bytes = csv(700_000);
    const options = { blockBytes: 64 * 1024, level: 3 };
    const one = await compressed(bytes, { ...options, blocksAtOnce: 1 });
    const other = await compressed(bytes, { ...options, blocksAtOnce: 4 }, [1_000, 77_777, 64 * 1024]);
    expect(other.equals(one)).toBe(true);
  });

  it('is one member: what follows a block may refer to the text before it, so cutting costs next to nothing', async () => {
    const bytes = csv(2_000_000);
    const inOne = await compressed(bytes, { blockBytes: bytes.length });
    const inMany = await compressed(bytes, { blockBytes: 128 * 1024 });
    expect(inMany.length).toBeLessThan(inOne.length * 1.01);
    expect(inMany.indexOf(Buffer.from([0x1f, 0x8b, 8]), 1)).toBe(-1);
  });

  it('makes a valid file of nothing', async () => {
    expect(gunzipSync(await compressed(Buffer.alloc(0))).length).toBe(0);
  });

  it('has something to send long before the input has ended', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        asked += 1;
        yield await Promise.resolve(Buffer.alloc(10_000, asked));
      }
    }
    const pieces = gzip(endless(), { level: 1, blockBytes: 10_000, blocksAtOnce: 2 });
    await pieces.next();
    const second = await pieces.next();
    await pieces.return();
    expect(second.done).toBe(false);
    expect(asked).toBeLessThan(10);
  });

  it('stops when it is told to, with the reason given', async () => {
    const stop = new AbortController();
    async function* untilStopped(): AsyncGenerator<Buffer> {
      for (let at = 0; ; at += 1) {
        if (at === 5) stop.abort(new Error('no longer wanted'));
        yield await Promise.resolve(Buffer.alloc(1_000));
      }
    }
    const all = async (): Promise<void> => {
      for await (const piece of gzip(untilStopped(), { level: 1, blockBytes: 1_000, signal: stop.signal })) expect(piece).toBeDefined();
    };
    await expect(all()).rejects.toThrow('no longer wanted');
  });

  it('fails as its input fails, not with half a file that looks whole', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(csv(50_000));
      throw new Error('the drive is gone');
    }
    const all = async (): Promise<void> => {
      for await (const piece of gzip(broken(), { level: 1, blockBytes: 10_000 })) expect(piece).toBeDefined();
    };
    await expect(all()).rejects.toThrow('the drive is gone');
  });
});
