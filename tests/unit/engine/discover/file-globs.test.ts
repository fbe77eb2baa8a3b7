import { describe, expect, it } from 'vitest';
import { compileGlobs } from '../../../../electron/engine/discover/file-globs.ts';
import { defaultInclude } from '../../../../shared/contract/folders.ts';

const verdict = (
  path: string,
  include: readonly string[],
  exclude: readonly string[] = [],
  platform: NodeJS.Platform = 'linux',
): string => {
  const { taken, rule } = compileGlobs({ include, exclude }, platform)(path);
  return `${taken ? '+' : '-'} ${rule}`;
};

describe('which files of a watched folder are taken', () => {
  it.each([
    ['a.csv', '+ *.csv'],
    ['deep/er/a.csv', '+ *.csv'],
    ['a.csv.gz', '+ *.csv.gz'],
    ['machine.log', '+ *.log'],
    ['a.xlsx', '- not-included'],
    ['csv', '- not-included'],
  ])('%s, by the globs that are given by default: %s', (path, expected) => {
    expect(verdict(path, defaultInclude)).toBe(expected);
  });

  it.each([
    ['.a.csv', '- hidden'],
    ['.git/a.csv', '- hidden'],
    ['a/.b/c.csv', '- hidden'],
    ['~$a.csv', '- temporary'],
    ['a.csv.tmp', '- temporary'],
    ['a.csv.part', '- temporary'],
    ['a.csv.PARTIAL', '- temporary'],
    ['a.csv.crdownload', '- temporary'],
    ['.a.csv.swp', '- hidden'],
    ['a.csv.swp', '- temporary'],
    ['a.csv~', '- temporary'],
    ['a/Thumbs.db', '- system'],
    ['desktop.ini', '- system'],
    ['a..csv', '+ *'],
  ])('%s, although everything is included: %s', (path, expected) => {
    expect(verdict(path, ['*'])).toBe(expected);
  });

  it.each([
    ['logs/a.csv', ['logs/*.csv'], '+ logs/*.csv'],
    ['logs/x/a.csv', ['logs/*.csv'], '- not-included'],
    ['logs/x/a.csv', ['logs/**/*.csv'], '+ logs/**/*.csv'],
    ['logs/a.csv', ['./logs/*.csv'], '+ ./logs/*.csv'],
    ['x/sensor-12.csv', ['sensor-[0-9]*.csv'], '+ sensor-[0-9]*.csv'],
    ['x/a.tsv', ['*.{csv,tsv}'], '+ *.{csv,tsv}'],
    ['x/a.csv', ['!(b).csv'], '+ !(b).csv'],
    ['A.CSV', ['*.csv'], '- not-included'],
  ])('%s by %j: %s', (path, include, expected) => {
    expect(verdict(path, include)).toBe(expected);
  });

  it('lets what excludes win, and names it', () => {
    expect(verdict('a.old.csv', ['*.csv'], ['*.old.csv'])).toBe('- *.old.csv');
    expect(verdict('x/archive/y/a.csv', ['*.csv'], ['archive/'])).toBe('- archive/');
    expect(verdict('archive/a.csv', ['*.csv'], ['archive/'])).toBe('- archive/');
    expect(verdict('archive.csv', ['*.csv'], ['archive/'])).toBe('+ *.csv');
  });

  it('takes upper and lower case as the same where the file system does', () => {
    expect(verdict('Logs/A.CSV', ['logs/*.csv'], [], 'win32')).toBe('+ logs/*.csv');
    expect(verdict('A.CSV', ['*.Csv'], [], 'darwin')).toBe('+ *.Csv');
    expect(verdict('A.CSV', ['a.*'], [], 'darwin')).toBe('+ a.*');
  });

  it('understands a backslash in a glob on Windows', () => {
    expect(verdict('logs/a.csv', ['logs\\*.csv'], [], 'win32')).toBe('+ logs\\*.csv');
  });

  it.each(['[z-a].csv', 'data[1.csv', '!a.csv', '/', './'])('refuses %s and names it', (glob) => {
    expect(() => compileGlobs({ include: ['*'], exclude: [glob] })).toThrow(
      expect.objectContaining({ code: 'input-invalid', context: { glob } }) as Error,
    );
  });
});
