/** Rows past the service into a managed stream, from the command line, against servers that check what Kinesis and Firehose check. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli, spawnCli, type EndedProcess } from '../fakes/cli-process.ts';
import { startManagedStream, type ManagedStream } from '../fakes/managed-stream.ts';
import { csvText, workFolder } from './command-line.ts';

const routes = ['kinesis', 'firehose'] as const;

describe.each(routes)('the route %s', (route) => {
  const folder = workFolder();
  let stream: ManagedStream;

  beforeAll(async () => {
    stream = await startManagedStream(route, 'plant.rows');
  });
  afterEach(() => {
    stream.script = {};
  });
  afterAll(async () => {
    await stream.stop();
    folder.remove();
  });

  const argsOf = (file: string, more: readonly string[] = []): readonly string[] => [
    ...['upload', file, '--json', '--route', route, '--stream-name', 'plant.rows', '--stream-endpoint', stream.endpoint],
    ...['--stream-region', 'eu-central-1', '--data-dir', folder.at('data'), ...more],
  ];
  const upload = (file: string, more: readonly string[] = []): Promise<EndedProcess> => runCli(argsOf(file, more), { env: stream.env });
  /** The events of a table by their time, each as often as it was taken. */
  const stored = (table: string): ReadonlyMap<number, number> => {
    const counts = new Map<number, number>();
    for (const { data } of stream.records) {
      const event = JSON.parse(data) as { readonly timestamp: number; readonly metrictype: string };
      if (event.metrictype === table) counts.set(event.timestamp, (counts.get(event.timestamp) ?? 0) + 1);
    }
    return counts;
  };
  const tableFile = (table: string, rows: number): string => folder.write(`${table}.csv`, csvText(rows).replaceAll('machines', table));
  const heldCodes = ({ lines }: EndedProcess): string => JSON.stringify(lines.filter(({ state }) => state === 'held'));

  it('puts every row once, 500 records to a request, and sends a file that is confirmed not again', async () => {
    const file = tableFile('plain', 2_300);
    const before = stream.requests.length;
    const result = await upload(file);
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsRead: 2_300, rowsConfirmed: 2_300, rowsRejected: 0, rowsHeld: 0, possiblyRepeated: 0 });
    expect([...stored('plain').values()]).toEqual(Array.from({ length: 2_300 }, () => 1));
    expect([...stream.requests.slice(before)].sort((a, b) => a - b)).toEqual([300, 500, 500, 500, 500]);
    const [first] = stream.records;
    expect(first?.data.endsWith('\n')).toBe(route === 'firehose');
    const again = await upload(file);
    expect(again.summary).toMatchObject({ rowsRead: 0, requests: 0 });
  });

  it('puts rows as they are by a mapping that names neither metric type nor time, and checks a time that is named', async () => {
    const bare = folder.write(
      'bare.mapping.json',
      JSON.stringify({ metricType: { kind: 'none' }, timestamp: { from: 'none', column: 'timestamp' } }),
    );
    const file = folder.write('bare.csv', 'when,level,note\nyesterday,1.50,\n,2,"a ""b"""\n');
    const result = await upload(file, ['--mapping', bare, ...(route === 'kinesis' ? ['--partition-key', 'when'] : [])]);
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsRead: 2, rowsConfirmed: 2, rowsRejected: 0 });
    const taken = stream.records.map(({ data }) => data.trim()).filter((data) => data.includes('"level"'));
    expect(taken.sort()).toEqual(['{"level":2,"note":"a \\"b\\""}', '{"when":"yesterday","level":1.50}']);
    const timed = folder.write('timed.mapping.json', JSON.stringify({ metricType: { kind: 'none' }, timestamp: { column: 'when' } }));
    const checked = await upload(file, ['--mapping', timed]);
    expect(checked.summary, checked.stderr).toMatchObject({ rowsRead: 2, rowsConfirmed: 0, rowsRejected: 2 });
  });

  it('sends records that fail again, alone, and none of the others', async () => {
    const failures = new Map<string, number>();
    stream.script = {
      onRecord: ({ data }) => {
        const { machine, timestamp } = JSON.parse(data) as { readonly machine: string; readonly timestamp: number };
        const before = failures.get(data) ?? 0;
        if (machine !== 'm3' || before > 0) return undefined;
        failures.set(data, before + 1);
        return timestamp % 2_000 === 0 ? 'ProvisionedThroughputExceededException' : 'InternalFailure';
      },
    };
    const result = await upload(tableFile('partial', 1_000));
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsConfirmed: 1_000, rowsHeld: 0, possiblyRepeated: 0 });
    expect([...stored('partial').values()]).toEqual(Array.from({ length: 1_000 }, () => 1));
    expect(failures.size).toBe(143);
  });

  it('waits while the stream takes no more, and goes on', async () => {
    let refusals = 0;
    stream.script = {
      onRequest: () => {
        refusals += 1;
        const type = route === 'kinesis' ? 'ProvisionedThroughputExceededException' : 'ServiceUnavailableException';
        return refusals > 3 ? undefined : { status: route === 'kinesis' ? 400 : 500, type, message: 'Rate exceeded' };
      },
    };
    const result = await upload(tableFile('throttled', 700), ['--concurrency', '1']);
    expect(result.code, result.stderr).toBe(0);
    expect(result.summary).toMatchObject({ rowsConfirmed: 700, retries: 3 });
    expect(stored('throttled').size).toBe(700);
  });

  it('finds the one record that a request is refused for, and rejects only that', async () => {
    stream.script = {
      onRequest: (records) =>
        records.some(({ data }) => data.includes('"temperature":4.2,') || data.includes('"temperature":4.2}'))
          ? { status: 400, type: 'ValidationException', message: 'a record is not valid' }
          : undefined,
    };
    const result = await upload(tableFile('poisoned', 100));
    expect(result.code, result.stderr).toBe(1);
    expect(result.summary).toMatchObject({ rowsRead: 100, rowsConfirmed: 99, rowsRejected: 1, rowsHeld: 0 });
    expect(stored('poisoned').size).toBe(99);
  });

  it('holds the rows and says why: no such stream, a wrong secret, no permission; then goes on', async () => {
    const file = tableFile('held', 20);
    const noStream = await upload(file, ['--stream-name', 'another']);
    expect(noStream.code).toBe(3);
    expect(heldCodes(noStream)).toContain('stream-missing');
    const wrong = await runCli(argsOf(file), { env: { ...stream.env, AWS_SECRET_ACCESS_KEY: 'not-the-secret' } });
    expect(wrong.code).toBe(3);
    expect(heldCodes(wrong)).toContain('credentials-refused');
    expect(wrong.stdout + wrong.stderr).not.toContain('not-the-secret');
    stream.script = {
      onRequest: () => ({ status: 400, type: 'AccessDeniedException', message: 'User is not authorized to perform this' }),
    };
    const forbidden = await upload(file);
    expect(heldCodes(forbidden)).toContain('permission-denied');
    expect(forbidden.summary).toMatchObject({ rowsRead: 20, rowsConfirmed: 0, rowsHeld: 20 });
    stream.script = {};
    const right = await upload(file);
    expect(right.summary, right.stderr).toMatchObject({ rowsConfirmed: 20, rowsHeld: 0, possiblyRepeated: 0 });
    expect([...stored('held').values()]).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('goes on after a kill: every row is there, and no more of them twice than it says', async () => {
    const rows = 20_000;
    const file = tableFile('killed', rows);
    stream.script = { delayMs: 30 };
    let kills = 0;
    let last: EndedProcess | undefined;
    while (last === undefined) {
      const run = spawnCli(argsOf(file, ['--concurrency', '3']), { env: stream.env });
      let stillToCome = 6 + kills;
      if (kills < 4) {
        stream.onStored = () => {
          stillToCome -= 1;
          if (stillToCome === 0) run.kill();
        };
      }
      const end = await run.ended;
      stream.onStored = () => undefined;
      if (end.code === null) kills += 1;
      else last = end;
    }
    expect(kills).toBe(4);
    expect(last.code, last.stderr).toBe(0);
    expect(last.summary).toMatchObject({ rowsRead: rows, rowsConfirmed: rows, rowsRejected: 0, rowsHeld: 0 });
    const counts = [...stored('killed').values()];
    expect(counts).toHaveLength(rows);
    const repeated = counts.reduce((sum, count) => sum + count - 1, 0);
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThanOrEqual(Number(last.summary?.['possiblyRepeated']));
  });
});

describe('the shard of a row', () => {
  const folder = workFolder();
  let stream: ManagedStream;

  beforeAll(async () => {
    stream = await startManagedStream('kinesis', 'keyed');
  });
  afterAll(async () => {
    await stream.stop();
    folder.remove();
  });

  const upload = (file: string, column: string): Promise<EndedProcess> =>
    runCli(
      [
        ...['upload', file, '--json', '--route', 'kinesis', '--stream-name', 'keyed', '--stream-endpoint', stream.endpoint],
        ...['--stream-region', 'eu-central-1', '--data-dir', folder.at('data'), '--partition-key', column],
      ],
      { env: stream.env },
    );

  it('is decided by the column that is named', async () => {
    const result = await upload(folder.write('keyed.csv', csvText(70)), 'machine');
    expect(result.code, result.stderr).toBe(0);
    for (const { data, partitionKey } of stream.records) {
      expect(partitionKey).toBe((JSON.parse(data) as { readonly machine: string }).machine);
    }
    expect(new Set(stream.records.map(({ partitionKey }) => partitionKey)).size).toBe(7);
  });

  it('needs that column to be there', async () => {
    const result = await upload(folder.write('other.csv', csvText(10)), 'motor');
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('header-lacks-column');
  });
});
