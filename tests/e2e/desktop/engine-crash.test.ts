/** What a person sees, and what becomes of the rows, when the process of the engine is killed under the window. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandInput, CommandName, CommandOutput } from '../../../shared/contract/contract.ts';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';
import { csvOf } from '../../fakes/generated-csv.ts';
import { until } from '../../fakes/until.ts';
import { allOnce, accountsOf, idRange } from '../../fakes/watch-place.ts';

describe.skipIf(whyNoDesktop !== undefined)(`the engine under the window${whyNoDesktop === undefined ? '' : ` (${whyNoDesktop})`}`, () => {
  let desktop: DesktopApp;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'engine-crash-'));
    desktop = await startDesktop();
  });
  afterAll(async () => {
    await desktop.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Asks the engine over a way of its own, as the page does; undefined when there is no answer in time or a failure. */
  const ask = async <N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N> | undefined> => {
    const answer = await desktop.page.evaluate(
      ([name, given]) =>
        new Promise<unknown>((resolve) => {
          const id = Math.floor(Math.random() * 1e9) + 1e9;
          const giveUp = setTimeout(() => resolve(undefined), 5_000);
          addEventListener('message', (event: MessageEvent<unknown>) => {
            const port = event.ports[0];
            if (port === undefined) return;
            port.addEventListener('message', ({ data }: MessageEvent<{ readonly id?: number; readonly output?: unknown }>) => {
              if (data.id !== id) return;
              clearTimeout(giveUp);
              resolve(data.output);
            });
            port.start();
            port.postMessage({ id, command: name, input: given });
          });
          (globalThis as unknown as { readonly uploader: { connectEngine(): void } }).uploader.connectEngine();
        }),
      [command, input] as const,
    );
    return answer as CommandOutput<N> | undefined;
  };
  const enginePid = async (): Promise<number | undefined> =>
    desktop.app.evaluate(
      ({ app }) => app.getAppMetrics().find(({ name, serviceName }) => /engine/i.test(`${serviceName ?? ''} ${name ?? ''}`))?.pid,
    );
  const storedTimes = async (): Promise<ReadonlyMap<number, number>> => {
    const times = new Map<number, number>();
    for (let offset = 0; ;) {
      const page = await ask('sandbox.rows', { table: 'rows', offset, limit: 500 });
      if (page === undefined || page.rows.length === 0) return times;
      for (const { fields } of page.rows) times.set(Number(fields['id']), (times.get(Number(fields['id'])) ?? 0) + 1);
      offset += page.rows.length;
    }
  };
  const stored = (rows: number): Promise<void> =>
    until(`${String(rows)} different rows`, async () => (await storedTimes()).size >= rows, { deadlineMs: 90_000, everyMs: 300 });

  it('row 36: is started again when it is killed; the window stays, and the watched folder goes on without a loss', async () => {
    const { page } = desktop;
    await page.getByTestId('first-run-sandbox').click();
    await page.getByTestId('drop-zone').getByText('Drop files').first().waitFor();
    const snapshot = await ask('state.snapshot', {});
    const connectionId = snapshot?.connections[0]?.id ?? '';
    const inbox = path.join(folder, 'inbox');
    mkdirSync(inbox);
    writeFileSync(path.join(inbox, 'a.csv'), csvOf({ rows: 300 }));
    const added = await ask('folders.add', { path: inbox, connectionId, metricType: 'rows' });
    expect(added).toMatchObject({ path: inbox });
    await stored(300);
    const url = page.url();
    const before = await enginePid();
    if (before === undefined) throw new Error('there is no process of the engine');
    for (let id = 300; id < 400; id += 1) appendFileSync(path.join(inbox, 'a.csv'), csvOf({ rows: 1, first: id, header: false }));
    process.kill(before, 'SIGKILL');
    writeFileSync(path.join(inbox, 'b.csv'), csvOf({ rows: 100, first: 400 }));
    await until('another process of the engine', async () => {
      const now = await enginePid();
      return now !== undefined && now !== before;
    });
    // The sandbox lived in the same process.
    await until('the sandbox', async () => (await ask('sandbox.start', {}))?.state === 'running', { everyMs: 300 });
    await stored(500);
    expect([page.isClosed(), page.url()]).toEqual([false, url]);
    const { lost, strange, repeated } = accountsOf(await storedTimes(), idRange(0, 500));
    expect([lost, strange]).toEqual([allOnce.lost, allOnce.strange]);
    const ledger = (await ask('state.snapshot', {}))?.folders.find(({ id }) => id === added?.id)?.ledger;
    expect(repeated).toBeLessThanOrEqual(ledger?.possiblyRepeated ?? 0);
    await desktop.picture('engine-started-again');
  });
});
