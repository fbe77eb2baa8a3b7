/**
 * A growing CSV that is followed into signed requests of the stream route, beside syslog-ng that follows the same file into
 * requests of 500 lines, to the same sink. BENCH_WATCH_BYTES sets how much is appended (default 500 MB). Then what 1,000
 * watched files cost while nothing happens.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reach, scannedAfterMs, startSink, startWatching, type SinkProcess } from './bench-parts.ts';
import { columns, writeCsv } from './generated-csv.ts';
import type { Measured, RunningProcess } from './measured-process.ts';
import { startSyslogNg, whyNoSyslogNg } from './syslog-ng.ts';

interface Followed {
  readonly rowsPerSecond: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly measured: Measured;
}

/** Starts the follower on a file that holds two rows; when they have arrived, the rest is appended and the time taken. */
async function follow(
  folder: string,
  source: string,
  rows: number,
  counting: 'count-objects' | 'count-lines',
  start: (file: string, sink: SinkProcess) => RunningProcess,
): Promise<Followed> {
  const inbox = mkdtempSync(path.join(folder, 'inbox-'));
  const file = path.join(inbox, 'measurements.csv');
  const first = '1600000000000,s0,site-0,20.000,50,1000.0,0,0,3.00,ok\n';
  // To a peer that reads lines the header would be one more.
  writeFileSync(file, (counting === 'count-objects' ? `${columns.join(',')}\n` : '') + first.repeat(2));
  const sink = await startSink('sink.ts', [counting]);
  const writer = spawn(process.execPath, [path.resolve('tests/bench/growing-writer.ts'), source, file], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const follower = start(file, sink);
  try {
    await reach('the first rows', follower, async () => (await sink.rows()) >= 2, { deadlineMs: 60_000 });
    const cpuBefore = follower.cpuSeconds();
    const begun = performance.now();
    writer.stdin.write('go\n');
    await reach('all rows', follower, async () => (await sink.rows()) >= rows + 2, { everyMs: 100, deadlineMs: 900_000 });
    const seconds = (performance.now() - begun) / 1_000;
    const cpuSeconds = follower.cpuSeconds() - cpuBefore;
    const measured = await follower.stop('SIGTERM');
    return { rowsPerSecond: rows / seconds, cpuSeconds, seconds, measured };
  } finally {
    if (writer.exitCode === null) {
      writer.kill();
      await once(writer, 'close');
    }
    sink.stop();
    rmSync(inbox, { recursive: true, force: true });
  }
}

async function idleShare(folder: string): Promise<{ readonly percent: number; readonly scanMs: number | undefined }> {
  const inbox = path.join(folder, 'many');
  mkdirSync(inbox);
  for (let file = 0; file < 1_000; file += 1) {
    writeFileSync(path.join(inbox, `f${String(file)}.csv`), `timestamp,id\n1600000000000,${String(file)}\n1600000000001,${String(file)}\n`);
  }
  const sink = await startSink('sink.ts', ['count-objects']);
  try {
    const watching = startWatching(inbox, sink.root, path.join(folder, 'idle-data'));
    await reach('2,000 rows', watching, async () => (await sink.rows()) >= 2_000, { deadlineMs: 120_000 });
    await reach('an idle folder', watching, () => watching.lines.some(({ line }) => line['kind'] === 'folder' && line['state'] === 'idle'));
    // What follows a start (threads end, files come to rest) takes some seconds.
    await delay(12_000);
    const [cpu, begun] = [watching.cpuSeconds(), performance.now()];
    await delay(20_000);
    const percent = ((watching.cpuSeconds() - cpu) / ((performance.now() - begun) / 1_000)) * 100;
    await watching.stop('SIGTERM');
    return { percent, scanMs: scannedAfterMs(watching) };
  } finally {
    sink.stop();
  }
}

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  try {
    const source = path.join(folder, 'measurements.csv');
    const rows = await writeCsv(source, Number(process.env['BENCH_WATCH_BYTES'] ?? 500_000_000), { header: false });
    const why = whyNoSyslogNg();
    const peer = (body: 'lines' | 'json') =>
      why === undefined
        ? follow(folder, source, rows, body === 'json' ? 'count-objects' : 'count-lines', (file, { root }) =>
            startSyslogNg({ folder, file, root, body, columns, workers: 2 }),
          )
        : Promise.resolve(undefined);
    const lines = await peer('lines');
    const ours = await follow(folder, source, rows, 'count-objects', (file, { root }) =>
      startWatching(path.dirname(file), root, path.join(folder, 'data'), ['--rate', '100000', '--burst', '100000']),
    );
    const json = await peer('json');
    const idle = await idleShare(folder);
    const beside = (other: Followed | undefined) =>
      other === undefined ? {} : { peer: other.rowsPerSecond, ratio: ours.rowsPerSecond / other.rowsPerSecond };
    return [
      {
        ...{ metric: 'rows per second', ours: ours.rowsPerSecond, ...beside(lines), unit: 'rows/s' },
        note: why === undefined ? `${String(rows)} rows; peer: syslog-ng, lines as they are, 500 a request` : `no peer: ${why}`,
      },
      {
        metric: 'rows per second',
        ours: ours.rowsPerSecond,
        ...beside(json),
        unit: 'rows/s',
        note: 'peer: syslog-ng, cells parsed and made JSON',
      },
      {
        ...{ metric: 'processor time', ours: ours.cpuSeconds, ...(lines === undefined ? {} : { peer: lines.cpuSeconds }), unit: 's' },
        note: `${(ours.cpuSeconds / ours.seconds).toFixed(2)} cores; peer with JSON: ${json === undefined ? '–' : json.cpuSeconds.toFixed(0)} s`,
      },
      {
        ...{ metric: 'peak memory', ours: ours.measured.peakBytes / 1e6, unit: 'MB' },
        ...(lines === undefined ? {} : { peer: lines.measured.peakBytes / 1e6 }),
      },
      {
        ...{ metric: '1,000 watched files, nothing happening', ours: idle.percent, unit: '% of a core' },
        note: `over 20 s; start-up scan ${idle.scanMs === undefined ? 'not seen' : `${idle.scanMs.toFixed(0)} ms`}`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'A growing CSV, followed into stream requests', run };
