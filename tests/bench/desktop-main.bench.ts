/**
 * While the app sends a large CSV to its sandbox: how long the main process and the window keep events waiting.
 * BENCH_DESKTOP_BYTES sets the size of the file (default 300 MB).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { IntervalHistogram } from 'node:perf_hooks';
import path from 'node:path';
import { startDesktop, whyNoDesktop } from '../fakes/desktop-app.ts';
import { writeCsv } from './generated-csv.ts';

async function run() {
  if (whyNoDesktop !== undefined) throw new Error(`not measured: ${whyNoDesktop}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  const desktop = await startDesktop();
  try {
    const { app, page } = desktop;
    const file = path.join(folder, 'measurements.csv');
    const rows = await writeCsv(file, Number(process.env['BENCH_DESKTOP_BYTES'] ?? 300_000_000));
    await page.getByTestId('first-run-sandbox').click();
    await page.getByTestId('drop-zone').getByText('Drop files').first().waitFor();
    await desktop.drop([file]);
    await page.getByTestId('route-batch').click();
    await page.getByTestId('to-read').click();
    await page.getByTestId('to-map').click();
    await page.getByTestId('metric-type').fill('weather');
    await page.evaluate(() => {
      const longest = { ms: 0, over50: 0 };
      Object.assign(globalThis, { longest });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          longest.ms = Math.max(longest.ms, duration);
          longest.over50 += 1;
        }
      }).observe({ type: 'longtask' });
    });
    await app.evaluate(() => {
      const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      Object.assign(globalThis, { delay });
    });
    const begun = performance.now();
    await page.getByTestId('send').click();
    await page.getByTestId('done-ledger').waitFor({ timeout: 600_000 });
    const seconds = (performance.now() - begun) / 1_000;
    const main = await app.evaluate(() => {
      const { delay } = globalThis as unknown as { readonly delay: IntervalHistogram };
      return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
    });
    const memory = await app.evaluate(({ app: electron }) =>
      electron
        .getAppMetrics()
        .map(({ type, name, memory: { workingSetSize } }) => ({ type, name: name ?? '', bytes: workingSetSize * 1_024 })),
    );
    const engine = memory.find(({ name }) => /engine/i.test(name)) ?? memory.find(({ type }) => type === 'Utility');
    const longest = await page.evaluate(
      () => (globalThis as unknown as { readonly longest: { readonly ms: number; readonly over50: number } }).longest,
    );
    const confirmed = Number(await page.getByTestId('done-ledger').getAttribute('data-confirmed'));
    if (confirmed !== rows) throw new Error(`${String(confirmed)} of ${String(rows)} rows were confirmed`);
    return [
      { metric: 'main process, delay of its event loop, p50', ours: main.p50, unit: 'ms' },
      {
        metric: 'main process, delay of its event loop, p99',
        ours: main.p99,
        unit: 'ms',
        note: `${String(rows)} rows in ${seconds.toFixed(0)} s, all to the sandbox in the app`,
      },
      { metric: 'main process, delay of its event loop, longest', ours: main.max, unit: 'ms' },
      { metric: 'window, tasks over 50 ms', ours: longest.over50, unit: 'tasks', note: `longest ${longest.ms.toFixed(0)} ms` },
      { metric: 'engine process with the sandbox in it, memory at the end', ours: (engine?.bytes ?? 0) / 1e6, unit: 'MB' },
    ];
  } finally {
    await desktop.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'The desktop app while it sends', run };
