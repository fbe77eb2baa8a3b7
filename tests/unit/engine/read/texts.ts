/** Files and block sources for the tests of what reads them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { ByteSource } from '../../../../electron/engine/read/byte-source.ts';

export interface TestFolder {
  write(name: string, content: string | Buffer): string;
  remove(): void;
}

export function testFolder(): TestFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'read-'));
  return {
    write: (name, content) => {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The bytes in blocks that end at the given places; the buffer of a block is overwritten by the next, as that of a file is. */
export function blocksOf(bytes: Buffer, cuts: readonly number[]): ByteSource {
  const ends = [...new Set([...cuts, bytes.length])].filter((cut) => cut > 0 && cut <= bytes.length).sort((a, b) => a - b);
  const shared = Buffer.alloc(bytes.length);
  let offset = 0;
  return {
    get offset() {
      return offset;
    },
    get fileBytes() {
      return offset;
    },
    read: () => {
      const end = ends.shift();
      if (end === undefined) return Promise.resolve(undefined);
      shared.fill(0x58);
      bytes.copy(shared, 0, offset, end);
      const block = shared.subarray(0, end - offset);
      offset = end;
      return Promise.resolve(block);
    },
    close: () => Promise.resolve(),
  };
}

export const everyCut = (bytes: Buffer): readonly number[] => Array.from({ length: bytes.length }, (_, at) => at + 1);

export interface CsvText {
  readonly text: string;
  readonly delimiter: string;
  readonly newline: 'lf' | 'crlf' | 'cr';
  readonly lineEnd: string;
}

const cellText = (delimiter: string) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('', '1', '-2.50', 'Zürich', '気温', '𝄞', 'a b', ' x ', 'it’s') },
    {
      weight: 2,
      arbitrary: fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '|', '\n', '\r', ' ', 'é', '😀', delimiter), maxLength: 6 }),
    },
  );

/** Well-formed CSV: cells quoted where they have to be and sometimes where not, blank lines, with or without a last line end. */
export const csvTexts: fc.Arbitrary<CsvText> = fc
  .record({ delimiter: fc.constantFrom(',', ';', '\t', '|'), newline: fc.constantFrom('lf' as const, 'crlf' as const, 'cr' as const) })
  .chain(({ delimiter, newline }) => {
    const lineEnd = newline === 'lf' ? '\n' : newline === 'crlf' ? '\r\n' : '\r';
    const cell = fc
      .tuple(cellText(delimiter), fc.boolean())
      .map(([text, quoted]) => (quoted || text.includes(delimiter) || /[\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
    const line = fc.oneof(
      { weight: 6, arbitrary: fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(delimiter)) },
      { weight: 1, arbitrary: fc.constant('') },
    );
    return fc
      .record({ lines: fc.array(line, { maxLength: 6 }), ended: fc.boolean() })
      .map(({ lines, ended }) => ({ text: lines.join(lineEnd) + (ended ? lineEnd : ''), delimiter, newline, lineEnd }));
  });
