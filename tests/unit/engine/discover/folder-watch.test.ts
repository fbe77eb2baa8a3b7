import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { WatchDirectory } from '../../../../electron/engine/discover/directory-watches.ts';
import {
  watchFolder,
  watchSystem,
  type FolderWatch,
  type WatchHint,
  type WatchSystem,
} from '../../../../electron/engine/discover/folder-watch.ts';
import { systemClock } from '../../../../electron/engine/system-clock.ts';
import type { Clock } from '../../../../electron/engine/ports.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { put, temporaryFolder } from './temporary-folder.ts';

const watches: FolderWatch[] = [];
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.dispose()));
});

/** What a watch says, to be waited for. */
class Heard {
  readonly all: string[] = [];
  private wake = (): void => undefined;

  add(text: string): void {
    this.all.push(text);
    this.wake();
  }

  /** Waits for it to be said, from now on or after `from` earlier ones. */
  async until(text: string, from = 0): Promise<void> {
    while (!this.all.slice(from).includes(text)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  clear(): void {
    this.all.length = 0;
  }
}

interface Options {
  readonly root: string;
  readonly directories?: readonly string[];
  readonly recursive?: boolean;
  readonly mode?: 'auto' | 'events' | 'polling';
  readonly files?: number;
  readonly clock?: Clock;
  readonly system?: Partial<WatchSystem>;
}

async function watch(options: Options): Promise<{ readonly heard: Heard; readonly folder: FolderWatch }> {
  const heard = new Heard();
  const text = (hint: WatchHint): string => (hint.kind === 'everything' ? 'everything' : `${hint.kind} ${hint.path}`);
  const folder = await watchFolder(
    {
      root: options.root,
      recursive: options.recursive ?? true,
      directories: options.directories ?? [''],
      files: options.files ?? 1,
      mode: options.mode ?? 'auto',
      pollMs: 5_000,
      onHint: (hint) => {
        heard.add(text(hint));
      },
      onTrouble: (trouble) => {
        heard.add(`trouble ${trouble?.code ?? 'over'}`);
      },
      clock: options.clock ?? systemClock,
    },
    { ...watchSystem, isNetwork: () => Promise.resolve(false), ...options.system },
  );
  watches.push(folder);
  return { heard, folder };
}

describe.each([
  ['chokidar, in folders of ordinary size', 2_000],
  ['one watch per directory, in large ones', 0],
])('changes are heard of by %s', (_name, maxTreeFiles) => {
  const system = { maxTreeFiles };

  it('asks for a look at everything once the watch stands, and then says which file changed', async () => {
    const root = temporaryFolder({ 'a.csv': '1\n', 'b/c.csv': '1\n' });
    const { heard, folder } = await watch({ root, directories: ['', 'b'], system });
    await heard.until('everything');
    expect(folder.kind).toBe('events');
    appendFileSync(path.join(root, 'a.csv'), '2\n');
    await heard.until('file a.csv');
    appendFileSync(path.join(root, 'b/c.csv'), '2\n');
    await heard.until('file b/c.csv');
  });

  it('drops none of many changes that follow each other closely', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    const { heard } = await watch({ root, system });
    await heard.until('everything');
    for (let row = 0; row < 50; row++) {
      heard.clear();
      appendFileSync(path.join(root, 'a.csv'), `${String(row)}\n`);
      await heard.until('file a.csv');
    }
  });

  it('hears of new, renamed and deleted files', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    const { heard } = await watch({ root, system });
    await heard.until('everything');
    put(root, 'new.csv', '1\n');
    await heard.until('file new.csv');
    renameSync(path.join(root, 'a.csv'), path.join(root, 'a.csv.1'));
    await heard.until('file a.csv');
    await heard.until('file a.csv.1');
    heard.clear();
    rmSync(path.join(root, 'new.csv'));
    await heard.until('file new.csv');
  });

  it('watches new sub-folders with what is in them already', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    const { heard } = await watch({ root, system });
    await heard.until('everything');
    put(root, 'x/y/z.csv', '1\n');
    await heard.until('directory x');
    heard.clear();
    appendFileSync(path.join(root, 'x/y/z.csv'), '2\n');
    await heard.until('file x/y/z.csv');
  });

  it('follows a sub-folder that was renamed, by its new name', async () => {
    const root = temporaryFolder({ 'x/y/z.csv': '' });
    const { heard } = await watch({ root, directories: ['', 'x', 'x/y'], system });
    await heard.until('everything');
    renameSync(path.join(root, 'x'), path.join(root, 'w'));
    await heard.until('directory x');
    await heard.until('directory w');
    heard.clear();
    appendFileSync(path.join(root, 'w/y/z.csv'), '2\n');
    await heard.until('file w/y/z.csv');
  });

  it('hears of a file in the place of a sub-folder', async () => {
    const root = temporaryFolder({ 'x/a.csv': '' });
    const { heard } = await watch({ root, directories: ['', 'x'], system });
    await heard.until('everything');
    rmSync(path.join(root, 'x'), { recursive: true });
    put(root, 'x', '1\n');
    await heard.until('file x');
    heard.clear();
    appendFileSync(path.join(root, 'x'), '2\n');
    await heard.until('file x');
  });

  it('does not look into sub-folders when it is not to go deeper', async () => {
    const root = temporaryFolder({ 'a.csv': '', 'b/c.csv': '' });
    const { heard } = await watch({ root, directories: [''], recursive: false, system });
    await heard.until('everything');
    appendFileSync(path.join(root, 'b/c.csv'), '2\n');
    mkdirSync(path.join(root, 'd'));
    writeFileSync(path.join(root, 'd/e.csv'), '');
    appendFileSync(path.join(root, 'a.csv'), '2\n');
    await heard.until('file a.csv');
    expect(heard.all.filter((text) => text.includes('b/c') || text.includes('d/e'))).toEqual([]);
  });

  it('says that the folder vanished, finds it again, and watches it as before', async () => {
    const parent = temporaryFolder({ 'watched/a.csv': '', 'watched/b/c.csv': '' });
    const root = path.join(parent, 'watched');
    const { heard } = await watch({ root, directories: ['', 'b'], clock: quick, system });
    await heard.until('everything');
    heard.clear();
    rmSync(root, { recursive: true });
    await heard.until('trouble folder-missing');
    put(parent, 'watched/b/c.csv', '');
    await heard.until('trouble over');
    await heard.until('everything', heard.all.indexOf('trouble over'));
    heard.clear();
    appendFileSync(path.join(root, 'b/c.csv'), '1\n');
    await heard.until('file b/c.csv');
  });

  it('waits for a folder that is not there yet', async () => {
    const parent = temporaryFolder();
    const root = path.join(parent, 'watched');
    const { heard } = await watch({ root, files: 0, clock: quick, system });
    await heard.until('trouble folder-missing');
    expect(heard.all).toEqual(['trouble folder-missing']);
    put(parent, 'watched/b/c.csv', '');
    await heard.until('everything');
    heard.clear();
    appendFileSync(path.join(root, 'b/c.csv'), '1\n');
    await heard.until('file b/c.csv');
  });

  it('notices that another folder took its place', async () => {
    const parent = temporaryFolder({ 'watched/a.csv': '', 'other/a.csv': '' });
    const root = path.join(parent, 'watched');
    const { heard } = await watch({ root, clock: quick, system });
    await heard.until('everything');
    heard.clear();
    renameSync(root, path.join(parent, 'before'));
    renameSync(path.join(parent, 'other'), root);
    await heard.until('everything');
    heard.clear();
    appendFileSync(path.join(root, 'a.csv'), '1\n');
    await heard.until('file a.csv');
  });

  it('says nothing more once it was disposed', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    const { heard, folder } = await watch({ root, system });
    await heard.until('everything');
    appendFileSync(path.join(root, 'a.csv'), '1\n');
    await folder.dispose();
    heard.clear();
    appendFileSync(path.join(root, 'a.csv'), '2\n');
    const { heard: another } = await watch({ root, system });
    await another.until('everything');
    appendFileSync(path.join(root, 'a.csv'), '3\n');
    await another.until('file a.csv');
    expect(heard.all).toEqual([]);
  });
});

/** Time in which waiting for a folder to come back takes a hundredth. */
const quick: Clock = { ...systemClock, sleep: (delayMs, signal) => systemClock.sleep(delayMs / 100, signal) };

const refusing =
  (code: string, after: number): WatchDirectory =>
  (directory, options, listener) => {
    if (after-- > 0) return watchSystem.watch(directory, options, listener);
    throw Object.assign(new Error('no more watches'), { code });
  };

describe('where the system does not tell of changes', () => {
  it.each(['ENOSPC', 'EMFILE'])('says that its limit is reached (%s) and looks again and again', async (code) => {
    const root = temporaryFolder({ 'a.csv': '', 'b/c.csv': '', 'd/e.csv': '' });
    const clock = new ManualClock();
    const { heard, folder } = await watch({
      root,
      directories: ['', 'b', 'd'],
      clock,
      system: { maxTreeFiles: 0, watch: refusing(code, 2) },
    });
    await heard.until('everything');
    expect(heard.all).toEqual(['trouble watch-limit-reached', 'everything']);
    expect(folder.kind).toBe('polling');
    await clock.advance(4_999);
    expect(heard.all).toHaveLength(2);
    await clock.advance(1);
    await heard.until('everything', 2);
  });

  it('falls back in the midst of watching, when a new sub-folder is one too many', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    const { heard, folder } = await watch({ root, system: { maxTreeFiles: 0, watch: refusing('ENOSPC', 1) } });
    await heard.until('everything');
    mkdirSync(path.join(root, 'b'));
    await heard.until('trouble watch-limit-reached');
    await heard.until('everything', heard.all.indexOf('trouble watch-limit-reached'));
    expect(folder.kind).toBe('polling');
  });

  it('looks at a network folder in intervals and says so; events can be insisted on', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    const clock = new ManualClock();
    const system = { isNetwork: () => Promise.resolve(true) };
    const { heard, folder } = await watch({ root, clock, system });
    expect(folder.kind).toBe('polling');
    expect(heard.all).toEqual(['trouble network-folder-polled']);
    const insisting = await watch({ root, mode: 'events', system });
    await insisting.heard.until('everything');
    expect(insisting.folder.kind).toBe('events');
  });

  it('looks in intervals without a word when that was chosen, and notices that the folder is gone', async () => {
    const parent = temporaryFolder({ 'watched/a.csv': '' });
    const root = path.join(parent, 'watched');
    const { heard } = await watch({ root, mode: 'polling', clock: quick });
    await heard.until('everything');
    expect(heard.all).toEqual(['everything']);
    rmSync(root, { recursive: true });
    await heard.until('trouble folder-missing');
    mkdirSync(root);
    await heard.until('trouble over');
    await heard.until('everything', heard.all.indexOf('trouble over'));
  });

  it('goes over to one watch per directory when a folder fills up', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    let watched = 0;
    const counting: WatchDirectory = (...given) => {
      watched += 1;
      return watchSystem.watch(...given);
    };
    const { heard } = await watch({ root, files: 2_000, system: { watch: counting } });
    await heard.until('everything');
    heard.clear();
    for (let index = 0; index < 2_001; index++) put(root, `${String(index)}.csv`, '');
    await heard.until('everything');
    expect(watched).toBe(1);
    appendFileSync(path.join(root, '7.csv'), '1\n');
    heard.clear();
    await heard.until('file 7.csv');
  });
});
