/** `watch` and `status` as processes, against the sandbox. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText, runCli, startCli, startSandbox, workFolder, type CliRun, type RunningSandbox } from './command-line.ts';

const work = workFolder();
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox(work.at('service'));
});
afterAll(async () => {
  await sandbox.stop();
  work.remove();
});

/** A folder of its own, with a data folder and a table that no other test uses. */
function place(name: string) {
  const folder = work.at(`in-${name}`);
  mkdirSync(folder);
  const table = `watch-${name}`;
  const args = (...more: readonly string[]): readonly string[] => [
    ...['watch', folder, '--root', sandbox.root, '--region', sandbox.region, '--metric-type', table],
    ...['--data-dir', work.at(`data-${name}`), '--json', ...more],
  ];
  return {
    ...{ folder, table, args },
    at: (file: string): string => path.join(folder, file),
    write: (file: string, text: string): void => writeFileSync(path.join(folder, file), text),
    append: (file: string, text: string): void => appendFileSync(path.join(folder, file), text),
    once: (...more: readonly string[]) => runCli(args('--once', ...more), { env: sandbox.env }),
    status: (...more: readonly string[]) => runCli(['status', '--data-dir', work.at(`data-${name}`), ...more]),
    /** Starts it and waits until it has told a line for which `isThere` holds. */
    begin: async (isThere: (line: Readonly<Record<string, unknown>>) => boolean, ...more: readonly string[]): Promise<CliRun> => {
      let told: () => void = () => undefined;
      const seen = new Promise<void>((resolve) => (told = resolve));
      const run = startCli(args(...more), {
        env: sandbox.env,
        onLine: (line) => {
          if (isThere(JSON.parse(line) as Record<string, unknown>)) told();
        },
      });
      await Promise.race([
        seen,
        run.ended.then(({ code, stderr }) => Promise.reject(new Error(`it ended with ${String(code)}: ${stderr}`))),
      ]);
      return run;
    },
  };
}

const rowsAlone = (rows: number, first: number): string => csvText(rows, first).split('\n').slice(1).join('\n');
const isIdle = ({ kind, state }: Readonly<Record<string, unknown>>): boolean => kind === 'folder' && state === 'idle';

describe('watch --once', () => {
  it('stores what is there, then only what has been added', async () => {
    const { once, write, append, table } = place('once');
    write('a.csv', csvText(100));
    write('b.csv', csvText(50, 100));
    const first = await once();
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(first.summary()).toMatchObject({
      files: 2,
      rowsRead: 150,
      rowsConfirmed: 150,
      rowsRejected: 0,
      rowsHeld: 0,
      possiblyRepeated: 0,
    });
    expect(await sandbox.rowsOf(table, 150)).toBe(150);

    append('a.csv', rowsAlone(7, 200));
    const second = await once();
    expect(second.code).toBe(0);
    expect(second.summary()).toMatchObject({ files: 2, rowsRead: 7, rowsConfirmed: 7 });
    expect(await sandbox.rowsOf(table, 157)).toBe(157);

    const third = await once();
    expect(third.summary()).toMatchObject({ rowsRead: 0, requests: 0, bytesSent: 0 });
    expect(Object.keys(third.summary())).toEqual([
      ...['kind', 'files', 'rowsRead', 'rowsConfirmed', 'rowsRejected', 'rowsHeld', 'bytesRead', 'bytesSent'],
      ...['requests', 'retries', 'possiblyRepeated', 'seconds'],
    ]);
  });

  it('moves whole files when they are confirmed, and leaves those that no pattern takes', async () => {
    const { once, write, at, table } = place('files');
    write('a.csv', csvText(20));
    write('note.md', 'not a table\n');
    const result = await once('--mode', 'files', '--after', 'move:../sent-files', '--settle-ms', '100');
    expect(result.code).toBe(0);
    expect(await sandbox.rowsOf(table, 20)).toBe(20);
    expect(existsSync(at('a.csv'))).toBe(false);
    expect(readFileSync(at('../sent-files/a.csv'), 'utf8')).toBe(csvText(20));
    expect(existsSync(at('note.md'))).toBe(true);
  });

  it('ends with 1 when rows are rejected', async () => {
    const { once, write } = place('rejects');
    write('a.csv', 'timestamp,v\n1500000000000,1\nyesterday,2\n');
    const result = await once();
    expect(result.code).toBe(1);
    expect(result.summary()).toMatchObject({ rowsRead: 2, rowsConfirmed: 1, rowsRejected: 1 });
  });

  it('ends with 3 when the keys are refused, and keeps the rows for the right ones', async () => {
    const { args, once, write, table } = place('keys');
    write('a.csv', csvText(10));
    const wrong = await runCli(args('--once'), { env: { ...sandbox.env, FINEO_API_KEY: 'wrong-key-wrong-key' } });
    expect(wrong.code).toBe(3);
    expect(wrong.stdout).toContain('api-key-refused');
    expect((await once()).code).toBe(0);
    expect(await sandbox.rowsOf(table, 10)).toBe(10);
  });
});

describe('watch', () => {
  it('sends rows as they are written, and ends with 0 at SIGTERM with every row accounted for', async () => {
    const { begin, write, append, table } = place('running');
    write('a.csv', csvText(10));
    const run = await begin(isIdle);
    expect(await sandbox.rowsOf(table, 10)).toBe(10);
    append('a.csv', rowsAlone(5, 10));
    expect(await sandbox.rowsOf(table, 15)).toBe(15);
    run.child.kill('SIGTERM');
    const result = await run.ended;
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
    expect(result.summary()).toMatchObject({ files: 1, rowsRead: 15, rowsConfirmed: 15, rowsHeld: 0 });
    expect(result.objects()).toContainEqual(expect.objectContaining({ kind: 'file', path: 'a.csv', state: 'done' }));
  });

  it('goes on where it was when it was killed', async () => {
    const { begin, once, write, append, table } = place('killed');
    write('a.csv', csvText(10));
    const run = await begin(isIdle);
    run.child.kill('SIGKILL');
    await run.ended;
    append('a.csv', rowsAlone(5, 10));
    const result = await once();
    expect(result.code).toBe(0);
    expect(result.summary()).toMatchObject({ rowsRead: 5, rowsConfirmed: 5 });
    expect(await sandbox.rowsOf(table, 15)).toBe(15);
  });
});

describe('status', () => {
  it('tells of a watch while it runs, after it was killed, and after it has ended in order', async () => {
    const { begin, once, write, status, folder } = place('status');
    expect((await status()).code).toBe(2);
    write('a.csv', csvText(10));
    const run = await begin(isIdle);
    // It writes once a second at the most; each look takes a process of its own.
    let running = await status('--json');
    const isCounted = (): boolean => running.objects().some((line) => line['kind'] === 'folder' && line['rowsConfirmed'] === 10);
    for (let look = 0; look < 40 && !isCounted(); look += 1) running = await status('--json');
    expect(running.code).toBe(0);
    expect(running.objects()).toContainEqual(expect.objectContaining({ kind: 'status', running: true, pid: run.child.pid }));
    expect(running.objects()).toContainEqual(expect.objectContaining({ kind: 'folder', path: folder, rowsConfirmed: 10 }));
    run.child.kill('SIGKILL');
    await run.ended;
    const killed = await status();
    expect(killed.code).toBe(1);
    expect(killed.stdout).toContain('ended without being asked to');
    await once();
    const ended = await status();
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Not running; ended');
  });
});

describe('what is asked for wrongly ends with 2', () => {
  it.each<[RegExp, readonly string[]]>([
    [/missing required argument/, ['watch', '--to', 'plant']],
    [/--to <connection> or --root/, ['watch', '.']],
    [/--mode files/, ['watch', '.', '--to', 'plant', '--after', 'delete']],
    [/--settle-ms/, ['watch', '.', '--to', 'plant', '--settle-ms', 'soon']],
    [/no connection is saved/, ['watch', '.', '--to', 'plant']],
  ])('%s', async (message, args) => {
    const result = await runCli(args, { env: { FINEO_UPLOADER_DATA_DIR: work.at('usage') } });
    expect(result.stderr).toMatch(message);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('when the folder is not there', async () => {
    const { args } = place('usage');
    const [, , ...rest] = args();
    const result = await runCli(['watch', work.at('nowhere'), ...rest.slice(0, -1)], { env: sandbox.env });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('nowhere');
  });
});
