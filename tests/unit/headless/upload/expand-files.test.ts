import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandFiles } from '../../../../electron/headless/upload/expand-files.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'expand-files-'));
  mkdirSync(at('deep'));
  for (const name of ['log2.csv', 'log10.csv', 'notes.txt', 'deep/log.csv', 'odd [1].csv']) writeFileSync(at(name), 'a\n1\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files that arguments name', () => {
  it('are found by patterns too, numbers in order, because the shells of Windows leave patterns to the program', async () => {
    expect(await expandFiles(['log*.csv'], folder)).toEqual([at('log2.csv'), at('log10.csv')]);
  });

  it('are taken once each, in the order of the arguments, into folders where asked', async () => {
    expect(await expandFiles(['notes.txt', 'notes.txt', 'deep/**/*.csv'], folder)).toEqual([at('notes.txt'), at('deep/log.csv')]);
  });

  it('may have a name that looks like a pattern', async () => {
    expect(await expandFiles(['odd [1].csv'], folder)).toEqual([at('odd [1].csv')]);
  });

  it.each([
    ['absent.csv', /absent\.csv does not exist/],
    ['*.parquet', /no file matches \*\.parquet/],
    ['deep', /deep is a folder/],
  ])('are asked for again when %s names none', async (argument, message) => {
    await expect(expandFiles(['log2.csv', argument], folder)).rejects.toThrow(message);
  });
});
