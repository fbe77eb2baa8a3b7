import { expect, it } from 'vitest';
import { originalsOf } from '../../../../electron/engine/watch/rotated-files.ts';

it.each([
  ['log.csv.1', 'log.csv'],
  ['in/sub/log.csv.1.gz', 'in/sub/log.csv'],
  ['log-1.csv', 'log.csv'],
  ['log.1.csv', 'log.csv'],
  ['log-2024-01-31.csv', 'log.csv'],
  ['log.csv-20240131', 'log'],
])('%s may have been copied from %s', (path, original) => {
  expect(originalsOf(path)).toContain(original);
});

it.each(['log.csv', 'log', '.hidden', 'a.b/log'])('%s is no copy by its name of anything that is not called like its stem', (path) => {
  expect(originalsOf(path).every((original) => original === path.replace(/\.[^./]*$/, ''))).toBe(true);
});
