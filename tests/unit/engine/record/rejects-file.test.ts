import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reject } from '../../../../electron/engine/model.ts';
import { rejectColumns } from '../../../../electron/engine/record/reject-lines.ts';
import { RejectsFile } from '../../../../electron/engine/record/rejects-file.ts';
import { readRejects } from '../../../../electron/engine/record/rejects-rows.ts';
import { tempDir } from './journals.ts';

const folder = tempDir();
afterAll(() => folder.remove());
const csvPath = path.join(folder.path, 'a.rejects.csv');
const jsonPath = path.join(folder.path, 'a.rejects.ndjson');
beforeEach(() => {
  rmSync(csvPath, { force: true });
  rmSync(jsonPath, { force: true });
});

const csvFile = (size = 0, delimiter = ','): RejectsFile =>
  new RejectsFile(csvPath, size, { kind: 'csv', delimiter, headerText: ['a', 'b'].join(delimiter) });
const jsonFile = (): RejectsFile => new RejectsFile(jsonPath, 0, { kind: 'ndjson', delimiter: ',', headerText: '' });
const reject = (change: Partial<Reject> = {}): Reject => ({
  row: 0,
  line: 2,
  column: 'a',
  code: 'ragged-row',
  reason: 'too few',
  source: 'x,y',
  ...change,
});
const shown = ({ line, column, code, reason, source }: Reject) => ({ line, column, code, reason, source });

const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', ' ', 'é', '😀', '\u2028'), maxLength: 8 });

describe('the file of rejects', () => {
  it('of CSV is CSV: four columns before those of the source, whose text is untouched', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(',', ';', '\t', '|'),
        fc.array(fc.tuple(text, text, fc.array(text, { minLength: 2, maxLength: 2 })), { minLength: 1, maxLength: 5 }),
        (delimiter, all) => {
          rmSync(csvPath, { force: true });
          const file = csvFile(0, delimiter);
          file.append(
            all.map(([column, reason, cells], line) => reject({ line, column, reason, source: Papa.unparse([cells], { delimiter }) })),
          );
          file.close();
          const { data } = Papa.parse<string[]>(readFileSync(csvPath, 'utf8').slice(0, -1), { delimiter, newline: '\n' });
          expect(data).toEqual([
            [...rejectColumns, 'a', 'b'],
            ...all.map(([column, reason, cells], line) => [String(line), column, 'ragged-row', reason, ...cells]),
          ]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is read back row by row, whatever stands in the reasons', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 }), fc.boolean(), async (all, json) => {
        rmSync(csvPath, { force: true });
        rmSync(jsonPath, { force: true });
        const rejects = all.map(([column, reason, source], line) => reject({ line, column, reason, source }));
        const file = json ? jsonFile() : csvFile();
        file.append(rejects);
        file.close();
        expect(await readRejects(file.path, 0, 100)).toEqual(rejects.map(shown));
        expect(await readRejects(file.path, 1, 2)).toEqual(rejects.slice(1, 3).map(shown));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps rows with line breaks together, and its own columns on one line', async () => {
    const file = csvFile();
    file.append([reject({ source: '"two\nlines",y,z' }), reject({ line: 4, column: 'odd\nname', reason: 'it\r\nsaid' })]);
    file.close();
    expect(await readRejects(csvPath, 0, 10)).toMatchObject([
      { source: '"two\nlines",y,z' },
      { line: 4, column: 'odd name', reason: 'it said' },
    ]);
    expect(await readRejects(csvPath, 1, 10)).toHaveLength(1);
  });

  it('of JSON lines is JSON lines', () => {
    const file = jsonFile();
    file.append([reject({ source: '{"a":\u2028"}' }), reject({ source: '{' })]);
    file.close();
    const lines = readFileSync(jsonPath, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Reject).source)).toEqual(['{"a":\u2028"}', '{']);
  });

  it('is cut back to what the journal knows when it is opened again', async () => {
    const first = csvFile();
    const known = first.append([reject({ line: 2 })]);
    first.append([reject({ line: 3 })]);
    first.close();
    appendFileSync(csvPath, 'torn li');
    const second = csvFile(known);
    second.append([reject({ line: 9 })]);
    second.close();
    expect((await readRejects(csvPath, 0, 10)).map(({ line }) => line)).toEqual([2, 9]);
    expect(second.bytes).toBe(readFileSync(csvPath).length);
  });

  it('begins anew, without a hole, when somebody removed it', () => {
    const first = csvFile();
    const known = first.append([reject()]);
    first.close();
    rmSync(csvPath);
    const second = csvFile(known);
    second.append([reject({ line: 9 })]);
    second.close();
    expect(readFileSync(csvPath, 'utf8')).toBe(`${rejectColumns.join(',')},a,b\n9,a,ragged-row,too few,x,y\n`);
  });

  it('is not made as long as there are none', async () => {
    const file = csvFile();
    expect(file.append([])).toBe(0);
    file.close();
    expect(await readRejects(csvPath, 0, 10)).toEqual([]);
  });
});
