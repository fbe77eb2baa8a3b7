import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText, runCli, startSandbox, workFolder, type RunningSandbox } from './command-line.ts';

/** By each route some requests of the largest size, so that a signal finds some confirmed and some not. */
const uploads = [
  { route: 'stream', rows: 40_000 },
  { route: 'batch', rows: 200_000 },
] as const;
const work = workFolder();
const fileOf = (route: string): string => work.at(`${route}.csv`);
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox(work.at('service'));
  for (const { route, rows } of uploads) work.write(`${route}.csv`, csvText(rows));
});
afterAll(async () => {
  await sandbox.stop();
  work.remove();
});

/** Slow enough that a signal comes in the middle. */
const args = (route: string, metricType: string, dataDir: string): readonly string[] => [
  ...['upload', fileOf(route), '--root', sandbox.root, '--route', route, '--metric-type', metricType],
  ...['--data-dir', work.at(dataDir), '--json', '--concurrency', '1', '--rate', route === 'stream' ? '10' : '1', '--burst', '1'],
];
const fast = (route: string, metricType: string, dataDir: string): readonly string[] => [
  ...[
    'upload',
    fileOf(route),
    '--root',
    sandbox.root,
    '--route',
    route,
    '--metric-type',
    metricType,
    '--data-dir',
    work.at(dataDir),
    '--json',
  ],
];

/** Runs until something is confirmed, then sends `signal`. */
const stopMidway = (command: readonly string[], signal: NodeJS.Signals) => {
  let sent = false;
  return runCli(command, {
    env: sandbox.env,
    onLine: (line, child) => {
      const { kind, rowsConfirmed } = JSON.parse(line) as { readonly kind: string; readonly rowsConfirmed?: number };
      if (sent || kind !== 'progress' || rowsConfirmed === undefined || rowsConfirmed === 0) return;
      sent = true;
      child.kill(signal);
    },
  });
};

describe.each(uploads)('an upload by the $route route', ({ route, rows }) => {
  it('goes on where it was killed: the ledger balances and nothing is lost', async () => {
    const table = `killed-${route}`;
    const killed = await stopMidway(args(route, table, table), 'SIGKILL');
    expect(killed.code).toBeNull();
    const resumed = await runCli(fast(route, table, table), { env: sandbox.env });
    expect(resumed.code).toBe(0);
    expect(resumed.summary()).toMatchObject({ files: 1, rowsRead: rows, rowsConfirmed: rows, rowsRejected: 0, rowsHeld: 0 });
    const repeated = Number(resumed.summary()['possiblyRepeated']);
    const stored = await sandbox.rowsOf(table, rows);
    expect(stored).toBeGreaterThanOrEqual(rows);
    expect(stored).toBeLessThanOrEqual(rows + (route === 'batch' ? 0 : repeated));
  });

  it('stops at Ctrl+C with a balanced ledger, and the same command finishes it', async () => {
    const table = `stopped-${route}`;
    const stopped = await stopMidway(args(route, table, table), 'SIGINT');
    expect(stopped.code).toBe(130);
    const { rowsRead, rowsConfirmed, rowsHeld, rowsRejected } = stopped.summary();
    expect(rowsConfirmed).toBeGreaterThan(0);
    expect(rowsConfirmed).toBeLessThan(rows);
    expect(rowsRead).toBe(Number(rowsConfirmed) + Number(rowsHeld) + Number(rowsRejected));
    const finished = await runCli(fast(route, table, table), { env: sandbox.env });
    expect(finished.code).toBe(0);
    expect(finished.summary()).toMatchObject({ rowsRead: rows, rowsConfirmed: rows, rowsHeld: 0, possiblyRepeated: 0 });
    expect(await sandbox.rowsOf(table, rows)).toBe(rows);
  });
});
