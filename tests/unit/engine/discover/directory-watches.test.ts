import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DirectoryWatches, systemWatch, type WatchDirectory } from '../../../../electron/engine/discover/directory-watches.ts';
import type { WatchHint, WatchSourceOrder } from '../../../../electron/engine/discover/watch-source.ts';
import { put, temporaryFolder } from './temporary-folder.ts';

const opened: DirectoryWatches[] = [];
afterEach(() => {
  for (const watches of opened.splice(0)) watches.dispose();
});

const quiet = {
  recursive: true,
  onLimit: () => undefined,
  onRootChanged: () => undefined,
  onCrowded: () => undefined,
  onLost: () => undefined,
};

async function open(
  order: WatchSourceOrder,
  directories: readonly string[] | undefined,
  watch?: WatchDirectory,
  platform?: NodeJS.Platform,
) {
  const watches = new DirectoryWatches(order, directories, watch, platform);
  opened.push(watches);
  await watches.ready;
  return watches;
}

describe('one watch per directory', () => {
  it('holds as many as there are directories, however many files there are', async () => {
    const root = temporaryFolder();
    for (let index = 0; index < 5_000; index++) put(root, `${String(index % 250)}/${String(index)}.csv`, '');
    const watches = await open({ ...quiet, root, onHint: () => undefined }, undefined, systemWatch, 'linux');
    expect(watches.size).toBe(251);
  });

  it('goes on with the other directories when one may not be watched', async () => {
    const root = temporaryFolder({ 'a/1.csv': '', 'b/2.csv': '' });
    const refusing: WatchDirectory = (directory, ...rest) => {
      if (directory.endsWith('a')) throw Object.assign(new Error('no'), { code: 'EACCES' });
      return systemWatch(directory, ...rest);
    };
    await new Promise<void>((resolve) => {
      const onHint = (hint: WatchHint): void => {
        if (hint.kind === 'file' && hint.path === 'b/2.csv') resolve();
      };
      void open({ ...quiet, root, onHint }, ['', 'a', 'b'], refusing, 'linux').then(() => {
        appendFileSync(path.join(root, 'b/2.csv'), '1\n');
      });
    });
  });

  it('says when events were lost for a reason that it does not know', async () => {
    const lost: string[] = [];
    const failing: WatchDirectory = () => {
      throw Object.assign(new Error('odd'), { code: 'EODD' });
    };
    const order = { ...quiet, root: temporaryFolder({ 'a/1.csv': '' }), onHint: () => undefined };
    await open({ ...order, onLost: (cause) => lost.push(cause) }, ['a'], failing, 'linux');
    expect(lost).toEqual(['EODD']);
  });

  it.each(['win32', 'darwin'] as const)('is one for the whole tree where the system has that: %s', async (platform) => {
    const root = temporaryFolder({ 'a/b/1.csv': '' });
    const calls: unknown[] = [];
    const hints: unknown[] = [];
    let tell: (event: string, name: string | null) => void = () => undefined;
    const fake: WatchDirectory = (directory, options, listener) => {
      calls.push([directory, options]);
      tell = listener;
      return { on: () => undefined, close: () => undefined };
    };
    await open({ ...quiet, root, onHint: (hint) => hints.push(hint) }, ['', 'a', 'a/b'], fake, platform);
    expect(calls).toEqual([[root, { recursive: true }]]);
    tell('change', 'a/b/1.csv');
    tell('rename', 'a/b');
    tell('rename', 'a/gone.csv');
    tell('change', null);
    expect(hints).toEqual([
      { kind: 'file', path: 'a/b/1.csv' },
      { kind: 'directory', path: 'a/b' },
      { kind: 'file', path: 'a/gone.csv' },
      { kind: 'directory', path: '' },
    ]);
  });
});
