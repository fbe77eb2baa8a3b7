import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder, type BuiltBatch } from '../../../../electron/engine/batch/batch-builder.ts';
import { batchName } from '../../../../electron/engine/batch/batch-name.ts';
import type { Position, Reject } from '../../../../electron/engine/model.ts';

const positionAt = (row: number): Position => ({ byte: row * 10, row, line: row + 2 });
const rejectAt = (row: number): Reject => ({ row, line: row + 2, column: '', code: 'ragged-row', reason: 'x', source: 'x' });

/** Rows are the padding of their event; undefined stands for a reject. */
function build(
  rows: readonly (number | undefined)[],
  limits: { readonly maxEvents: number; readonly maxBytes: number },
): readonly BuiltBatch[] {
  const builder = new BatchBuilder(limits, positionAt(0));
  const built: BuiltBatch[] = [];
  const keep = (batch: BuiltBatch | undefined): void => {
    if (batch !== undefined) built.push(batch);
  };
  for (const [row, padding] of rows.entries()) {
    const bytes = padding === undefined ? 0 : builder.write(eventText(row, padding));
    if (!builder.fits(bytes)) keep(builder.close(positionAt(row), bytes));
    if (padding === undefined) builder.addReject(rejectAt(row));
    else builder.add(row, bytes);
  }
  keep(builder.close(positionAt(rows.length), 0));
  return built;
}

const eventText = (row: number, padding: number): string => JSON.stringify({ row, text: '𝄞'.repeat(padding) });

const eventsIn = ({ payload }: BuiltBatch): readonly string[] =>
  [...payload.rows].map((_, at) => Buffer.from(payload.bytes.subarray(payload.starts[at], (payload.starts[at + 1] ?? 0) - 1)).toString());

describe('batches', () => {
  const rows = fc.array(
    fc.option(fc.oneof({ weight: 9, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(30_000) }), { nil: undefined }),
    { maxLength: 60 },
  );
  const limits = fc.record({ maxEvents: fc.integer({ min: 1, max: 9 }), maxBytes: fc.integer({ min: 40, max: 300 }) });

  it('hold every row once, in order, within the limits, as a JSON array of the events', () => {
    fc.assert(
      fc.property(rows, limits, (all, most) => {
        const built = build(all, most);
        const seen: number[] = [];
        let next = positionAt(0);
        for (const batch of built) {
          expect(batch.from).toEqual(next);
          next = batch.to;
          const { bytes, starts, rows: numbers } = batch.payload;
          expect(numbers.length).toBeLessThanOrEqual(most.maxEvents);
          expect(starts.length).toBe(numbers.length + 1);
          expect(numbers.length <= 1 || bytes.length <= most.maxBytes).toBe(true);
          const texts = [...numbers].map((row) => eventText(row, all[row] ?? 0));
          expect(Buffer.from(bytes).toString()).toBe(`[${texts.join(',')}]`);
          expect(eventsIn(batch)).toEqual(texts);
          const inBatch = [...numbers, ...batch.rejects.map(({ row }) => row)].sort((a, b) => a - b);
          expect(inBatch).toEqual(Array.from({ length: batch.to.row - batch.from.row }, (_, at) => batch.from.row + at));
          seen.push(...inBatch);
        }
        expect(seen).toEqual(all.map((_, row) => row));
        expect(next).toEqual(positionAt(all.length));
      }),
      { numRuns: 300 },
    );
  });

  it('hold as much as fits: a request of exactly the limit', () => {
    const size = eventText(0, 1).length + 2;
    expect(Buffer.byteLength(eventText(0, 1))).toBe(size);
    const whole = 1 + (size + 1) * 3;
    expect(build([1, 1, 1], { maxEvents: 9, maxBytes: whole })).toHaveLength(1);
    expect(build([1, 1, 1], { maxEvents: 9, maxBytes: whole - 1 })).toHaveLength(2);
  });

  it('close after many rejects, so that a file of nothing else stays in memory', () => {
    const built = build(
      Array.from({ length: 5_000 }, () => undefined),
      { maxEvents: 10, maxBytes: 1_000 },
    );
    expect(built.map(({ rejects }) => rejects.length)).toEqual([2_000, 2_000, 1_000]);
    expect(Buffer.from(built[0]?.payload.bytes ?? []).toString()).toBe('[]');
  });
});

describe('the name of a batch', () => {
  const digests = fc.string({ unit: fc.constantFrom('0', '1', '7', '9', 'a', 'c', 'f'), minLength: 64, maxLength: 64 });

  it('is the same for the same rows and safe in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.nat(), fc.nat(), digests, (file, first, count, digest) => {
        const name = batchName(file, 'abc123', first, first + count, digest);
        expect(name).toBe(batchName(file, 'abc123', first, first + count, digest));
        expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
        expect(name.length).toBeLessThan(150);
        expect(encodeURIComponent(name)).toBe(name);
      }),
    );
  });

  it('differs when rows, content or file version differ', () => {
    const base = ['data.csv', 'v1', 0, 9, 'a'.repeat(64)] as const;
    const names = [
      base,
      ['data.csv', 'v2', 0, 9, 'a'.repeat(64)],
      ['data.csv', 'v1', 1, 9, 'a'.repeat(64)],
      ['data.csv', 'v1', 0, 8, 'a'.repeat(64)],
      ['data.csv', 'v1', 0, 9, 'b'.repeat(64)],
    ] as const;
    const nameOf = ([file, version, first, last, digest]: (typeof names)[number]): string => batchName(file, version, first, last, digest);
    expect(new Set(names.map(nameOf)).size).toBe(names.length);
    expect(batchName(...base)).toBe('data.csv-v1-1-10-aaaaaaaaaaaa');
  });
});
