import { expect, it } from 'vitest';
import { EarlyFiles } from '../../../../electron/engine/watch/early-files.ts';

const entry = (path: string) => ({ path, sizeBytes: 10, modifiedMs: 1, fileKey: `1:${path}` });

it('hands over what was seen in its order, and has those looked for at whose path nothing stood', () => {
  const early = new EarlyFiles();
  early.seen(entry('a'), true);
  early.seen(entry('b'), true);
  early.seen(entry('c'), false);
  early.gone('b');
  early.gone('old');
  expect([...early.paths()]).toEqual(['a', 'b', 'c']);
  const told: string[] = [];
  early.handOver(
    ({ entry: { path }, isStart }) => told.push(`${path} ${String(isStart)}`),
    (path) => told.push(`recheck ${path}`),
  );
  expect(told).toEqual(['a true', 'b true', 'c false', 'recheck b', 'recheck old']);
  expect(early.isEmpty).toBe(true);
});

it('a file that came back is not looked for once more', () => {
  const early = new EarlyFiles();
  early.seen(entry('a'), true);
  early.gone('a');
  early.seen(entry('a'), false);
  const rechecked: string[] = [];
  early.handOver(
    () => undefined,
    (path) => rechecked.push(path),
  );
  expect(rechecked).toEqual([]);
});
