import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import { nodes, runCli, spawnCli, type CliProcess, type EndedProcess } from '../fakes/cli-process.ts';
import { countStored, csvOf } from '../fakes/generated-csv.ts';
import { engineFolder, type EngineFolder } from '../fakes/running-engine.ts';

const rows = 40_000;
let folder: EngineFolder;
let sandbox: Sandbox;
let file: string;

beforeEach(async () => {
  folder = engineFolder();
  sandbox = await startSandbox({ dataDir: folder.at('service') });
  file = folder.write('rows.csv', csvOf({ rows }));
});
afterEach(async () => {
  await sandbox.close();
  folder.remove();
});

const env = (): Record<string, string> => {
  const { apiKey, accessKeyId, secretAccessKey } = sandbox.access.secrets;
  return { FINEO_API_KEY: apiKey, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};
const args = (dataDir: string, ...more: readonly string[]): string[] => [
  ...['upload', file, '--root', sandbox.access.root, '--route', 'stream', '--metric-type', 'rows'],
  ...['--data-dir', dataDir, '--json', ...more],
];
const upload = (dataDir = folder.at('data'), node?: string): Promise<EndedProcess> =>
  runCli(args(dataDir), { env: env(), ...(node === undefined ? {} : { node }) });
const slow = ['--rate', '20', '--burst', '1'];

/** Starts an upload and resolves when some rows are confirmed. */
const midway = async (dataDir = folder.at('data')): Promise<CliProcess> => {
  let seen = (): void => undefined;
  const isUnderWay = new Promise<void>((resolve) => (seen = resolve));
  const run = spawnCli(args(dataDir, ...slow), {
    env: env(),
    onLine: ({ kind, rowsConfirmed }) => {
      if (kind === 'progress' && Number(rowsConfirmed) > 0) seen();
    },
  });
  await Promise.race([isUnderWay, run.ended]);
  return run;
};
const allConfirmed = { rowsRead: rows, rowsConfirmed: rows, rowsHeld: 0, rowsRejected: 0 };

describe.each(nodes)('the command line in %s', (node) => {
  it('row 1: killed with requests unanswered: they are sent again, none is skipped, and history says what became of it', async () => {
    const run = await midway();
    run.kill('SIGKILL');
    await run.ended;
    const { lines } = await runCli(['history', '--json', '--data-dir', folder.at('data')], { node });
    expect(lines).toMatchObject([
      { state: 'held', failure: { code: 'engine-stopped' }, files: [{ state: 'held', failure: { code: 'engine-stopped' } }] },
    ]);
    const ended = await upload(folder.at('data'), node);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.summary).toMatchObject(allConfirmed);
    const { lost, repeated } = countStored(sandbox, 'rows', rows);
    expect(lost).toBe(0);
    expect(repeated).toBeLessThanOrEqual(Number(ended.summary?.['possiblyRepeated']));
  });

  it('row 2: asked to end in the middle of a file: both runs together send each row once', async () => {
    const run = await midway();
    run.kill('SIGTERM');
    const stopped = await run.ended;
    expect(stopped.code).toBe(130);
    const ended = await upload(folder.at('data'), node);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.summary).toMatchObject({ ...allConfirmed, possiblyRepeated: 0 });
    expect(countStored(sandbox, 'rows', rows)).toEqual({ total: rows, unique: rows, repeated: 0, lost: 0 });
  });
});

describe('row 7: a journal that cannot be used', () => {
  const journal = (): string => folder.at('data/journal.sqlite');
  const damages: readonly (readonly [string, () => void])[] = [
    ['damaged', () => writeFileSync(journal(), Buffer.alloc(readFileSync(journal()).length, 0x5a))],
    [
      'damaged in the middle',
      () => {
        const bytes = readFileSync(journal());
        writeFileSync(journal(), bytes.fill(0x5a, 4_096));
      },
    ],
    ['truncated', () => truncateSync(journal(), 5_000)],
    ['empty', () => truncateSync(journal(), 0)],
  ];

  it.each(damages)('%s: starts, says so, and keeps the old file aside', async (_how, damage) => {
    await upload();
    damage();
    const old = readFileSync(journal());
    const ended = await upload();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.lines).toContainEqual(expect.objectContaining({ kind: 'notice', code: 'journal-corrupt' }));
    const aside = readdirSync(folder.at('data')).filter((name) => /^journal\.sqlite\.damaged-.*Z$/.test(name));
    expect(aside).toHaveLength(1);
    expect(readFileSync(folder.at(`data/${aside[0] ?? ''}`)).equals(old)).toBe(true);
    const again = await upload();
    expect(again.lines.some(({ kind }) => kind === 'notice')).toBe(false);
  });

  it('from a newer version: refuses, and touches nothing', async () => {
    await upload();
    const database = new DatabaseSync(journal());
    database.exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const old = readFileSync(journal());
    const ended = await upload();
    expect(ended.code).toBe(2);
    expect(ended.stdout).toContain('journal-newer');
    expect(readFileSync(journal()).equals(old)).toBe(true);
  });
});

describe('row 8: a full disk', () => {
  const mount = (): boolean => {
    mkdirSync(folder.at('small'), { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder.at('small')], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };

  it('stops with a message and rows held, and goes on when there is room', async ({ skip }) => {
    if (!mount()) skip('a small file system cannot be mounted here');
    try {
      const dataDir = folder.at('small/data');
      mkdirSync(dataDir);
      const run = await midway(dataDir);
      try {
        writeFileSync(folder.at('small/filler'), Buffer.alloc(24_000_000));
      } catch {
        // It is as full as it gets.
      }
      const full = await run.ended;
      expect(full.code, full.stderr).toBe(1);
      expect(full.stdout + full.stderr).toContain('disk-full');
      rmSync(folder.at('small/filler'), { force: true });
      const ended = await upload(dataDir);
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.summary).toMatchObject(allConfirmed);
      const { lost, repeated } = countStored(sandbox, 'rows', rows);
      expect(lost).toBe(0);
      expect(repeated).toBeLessThanOrEqual(Number(ended.summary?.['possiblyRepeated']));
    } finally {
      execFileSync('umount', ['-l', folder.at('small')]);
    }
  });
});

it('row 37: a second process on the same data folder refuses, and the first goes on', async () => {
  const run = await midway();
  const second = await upload();
  expect(second.code).toBe(2);
  expect(second.stdout + second.stderr).toContain('data-dir-locked');
  run.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  expect(existsSync(folder.at('data/journal.sqlite'))).toBe(true);
  expect((await upload()).code).toBe(0);
  expect(countStored(sandbox, 'rows', rows)).toMatchObject({ total: rows, lost: 0 });
});
