import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArrayFramer } from '../../../../electron/engine/read/array-framer.ts';
import { FramedRecords } from '../../../../electron/engine/read/framed-records.ts';

/** The texts of the records and the lines they begin at, the text coming in pieces. */
function framed(text: string, pieceBytes: number): readonly (readonly [string, number])[] {
  const bytes = Buffer.from(text);
  const framer = createArrayFramer(1 << 20);
  const records = new FramedRecords();
  const found: (readonly [string, number])[] = [];
  let from = 0;
  let to = 0;
  let line = 1;
  while (from < bytes.length) {
    to = Math.min(bytes.length, to + pieceBytes);
    const { consumed, lines } = framer.frame(bytes, from, to, to === bytes.length, records);
    for (let at = 0; at < records.count; at += 1) {
      found.push([bytes.toString('utf8', records.starts[at], records.ends[at]), line + (records.lines[at] ?? 0)]);
    }
    from = consumed;
    line += lines;
    if (to === bytes.length && consumed === 0) break;
  }
  return found;
}

describe('the elements of a JSON array', () => {
  it('are the records, however they are laid out and wherever the text is cut', () => {
    const element = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    fc.assert(
      fc.property(
        fc.array(element, { maxLength: 8 }),
        fc.constantFrom(undefined, 0, 2, '\t'),
        fc.integer({ min: 1, max: 60 }),
        (elements, space, piece) => {
          const text = JSON.stringify(elements, null, space);
          const found = framed(text, piece).map(([record]) => JSON.parse(record) as unknown);
          expect(found).toEqual(JSON.parse(JSON.stringify(elements)));
        },
      ),
    );
  });

  it('know the lines they begin at', () => {
    expect(framed('[\n  {"a":\n 1},\n\n  {"b":"x\\n]"}, 5,\n"text"]\n', 7)).toEqual([
      ['{"a":\n 1}', 2],
      ['{"b":"x\\n]"}', 5],
      ['5', 5],
      ['"text"', 6],
    ]);
  });

  it('that never end are given out at the end, to be rejected', () => {
    expect(framed('[{"a":1},{"b":', 5).map(([record]) => record)).toEqual(['{"a":1}', '{"b":']);
    expect(framed('[{"a":1}]}]', 100).map(([record]) => record)).toEqual(['{"a":1}', '}']);
  });
});
