import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, expect, it } from 'vitest';
import { RejectsFile } from '../../../../electron/engine/record/rejects-file.ts';
import { changeReject, readOpenRejects, readRejects, readWholeReject } from '../../../../electron/engine/record/rejects-rows.ts';
import { tempDir } from './journals.ts';

const folder = tempDir();
afterAll(() => folder.remove());

const written = (kind: 'csv' | 'ndjson', sources: readonly string[]): string => {
  const file = path.join(folder.path, `a.rejects.${kind}`);
  rmSync(file, { force: true });
  const rejects = new RejectsFile(file, 0, { kind, delimiter: ',', headerText: kind === 'csv' ? 'a,b' : '' });
  rejects.append(
    sources.map((source, at) => ({ row: at, line: at + 2, column: 'a', code: 'ragged-row', reason: 'too "few", or', source })),
  );
  rejects.close();
  return file;
};
const sourcesOf = async (file: string) => (await readRejects(file, 0, 1_000)).map(({ source }) => source);
const ignored = (): void => undefined;

const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', ' ', 'é', '😀', '\u2028', '\n', '1'), maxLength: 12 });
const row = (kind: string) => (kind === 'csv' ? fc.tuple(text, text).map((cells) => Papa.unparse([cells])) : text);

it.each(['csv', 'ndjson'] as const)('a change of %s changes that row and nothing else, whatever stands in the others', async (kind) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row(kind), { minLength: 1, maxLength: 5 }), fc.nat(4), row(kind), async (sources, which, source) => {
      const at = which % sources.length;
      const file = written(kind, sources);
      const { digest } = await readWholeReject(file, at);
      const sizes: number[] = [];
      const answer = await changeReject(file, { at, digest, source }, (bytes) => sizes.push(bytes));
      expect(await sourcesOf(file)).toEqual(sources.map((before, index) => (index === at ? source : before)));
      expect(answer).toEqual((await readOpenRejects(file, at, 1))[0]);
      expect(sizes.at(-1)).toBe(statSync(file).size);
    }),
    { numRuns: 60 },
  );
});

it('what surrounds the rows stays as it is', async () => {
  const file = written('csv', ['x,y', 'z,w']);
  const before = readFileSync(file, 'utf8');
  const { digest } = await readWholeReject(file, 1);
  await changeReject(file, { at: 1, digest, source: 'new,w' }, ignored);
  expect(readFileSync(file, 'utf8')).toBe(before.replace('z,w', 'new,w'));
});

it('a line that somebody broke is kept', async () => {
  const file = written('ndjson', ['{"a":1}']);
  appendFileSync(file, 'not json\n');
  const { digest } = await readWholeReject(file, 0);
  await changeReject(file, { at: 0, digest, source: '{}' }, ignored);
  expect(readFileSync(file, 'utf8').split('\n').slice(1)).toEqual(['not json', '']);
});

it('a row that is another one by now is not changed', async () => {
  const file = written('csv', ['x,y']);
  const { digest } = await readWholeReject(file, 0);
  writeFileSync(file, readFileSync(file, 'utf8').replace('x,y', 'edited,y'));
  await expect(changeReject(file, { at: 0, digest, source: 'mine,y' }, ignored)).rejects.toMatchObject({ code: 'rejects-changed' });
  await expect(changeReject(file, { at: 7, digest, source: 'mine,y' }, ignored)).rejects.toMatchObject({ code: 'rejects-changed' });
  expect(await sourcesOf(file)).toEqual(['edited,y']);
  rmSync(file);
  await expect(changeReject(file, { at: 0, digest, source: 'mine,y' }, ignored)).rejects.toMatchObject({ code: 'rejects-changed' });
});

it('rows that are rejected while one is changed are not lost', async () => {
  const file = written('csv', ['x,y']);
  const { digest } = await readWholeReject(file, 0);
  const change = changeReject(file, { at: 0, digest, source: 'mine,y' }, ignored);
  appendFileSync(file, '9,a,ragged-row,too few,late,row\n');
  await expect(change).rejects.toMatchObject({ code: 'rejects-changed' });
  expect(await sourcesOf(file)).toEqual(['x,y', 'late,row']);
});

it('a text that would be read as two rows is refused', async () => {
  const file = written('csv', ['x,y']);
  const { digest } = await readWholeReject(file, 0);
  const source = '"x\n3,a,ragged-row,reason,z",y';
  await expect(changeReject(file, { at: 0, digest, source }, ignored)).rejects.toMatchObject({ code: 'input-invalid' });
});

it('a long row is cut in a list and whole by itself; its digest is of all of it', async () => {
  const long = `${'x'.repeat(2_500)},y`;
  const file = written('csv', [long, 'x,y']);
  const [cut, short] = await readOpenRejects(file, 0, 10);
  const whole = await readWholeReject(file, 0);
  expect([cut?.source.length, cut?.isCut, short?.isCut]).toEqual([2_000, true, false]);
  expect([whole.source, whole.digest]).toEqual([long, cut?.digest]);
  await expect(readWholeReject(file, 2)).rejects.toMatchObject({ code: 'not-found' });
});

it('a file that an editor saved with CRLF has rows without them', async () => {
  const file = written('csv', ['x,y', '"two\nlines",w']);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
  expect(await sourcesOf(file)).toEqual(['x,y', '"two\r\nlines",w']);
});
