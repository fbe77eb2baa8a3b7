import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '../../electron/api/data-dir-lock.ts';
import { at } from '../../build/repository.ts';
import { ManualClock } from '../fakes/manual-clock.ts';

const clock = new ManualClock();
let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'lock-')), 'data');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process that holds the folder until it is ended. */
async function holder() {
  const contents = `import { lockDataDir } from './electron/api/data-dir-lock.ts';
    lockDataDir(${JSON.stringify(dataDir)}, { now: () => 1 }); globalThis.gc(); console.log('held'); setInterval(globalThis.gc, 5);`;
  const bundled = await build({
    stdin: { contents, resolveDir: at(), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['@photostructure/sqlite'],
  });
  const child = spawn(process.execPath, ['--expose-gc', '-'], { stdio: ['pipe', 'pipe', 'inherit'], cwd: at() });
  children.push(child);
  child.stdin.end(bundled.outputFiles[0]?.text);
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return child;
}

describe('a data folder', () => {
  it('is used by one at a time; the second is told by which process', () => {
    const lock = lockDataDir(dataDir, clock);
    expect(() => lockDataDir(dataDir, clock)).toThrow(
      expect.objectContaining({ code: 'data-dir-locked', context: { dataDir, pid: process.pid, startedAt: clock.now() } }),
    );
    lock.dispose();
    lock.dispose();
    lockDataDir(dataDir, clock).dispose();
    expect(readdirSync(dataDir)).toEqual(['data-dir.lock']);
  });

  it('that another process uses is refused until that process is gone, however it went', async () => {
    const child = await holder();
    expect(() => lockDataDir(dataDir, clock)).toThrow(
      expect.objectContaining({ code: 'data-dir-locked', context: { dataDir, pid: child.pid, startedAt: 1 } }),
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDataDir(dataDir, clock).dispose();
  });

  it('is still refused to a third when the second has tried', async () => {
    const child = await holder();
    for (const _attempt of [1, 2, 3]) expect(() => lockDataDir(dataDir, clock)).toThrow('another process');
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
