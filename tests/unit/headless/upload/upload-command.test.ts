import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import type { Engine } from '../../../../electron/engine/engine.ts';
import { runUpload } from '../../../../electron/headless/upload/upload-command.ts';
import { parseUploadOptions } from '../../../../electron/headless/upload/upload-options.ts';
import { limitsSchema, type Connection } from '../../../../shared/contract/connections.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';
import { inspection, ledger, transfer, transferFile } from '../../../fakes/upload-records.ts';

const env = {
  FINEO_API_KEY: 'the-api-key',
  AWS_ACCESS_KEY_ID: 'the-id',
  AWS_SECRET_ACCESS_KEY: 'the-secret',
  FINEO_UPLOADER_DATA_DIR: '/data',
};
const plant: Connection = {
  ...{
    id: 'plant',
    name: 'Plant',
    root: 'https://api.fineo.io',
    stage: 'v1',
    region: 'us-east-1',
    limits: limitsSchema.parse({}),
    isSandbox: false,
  },
  savedSecrets: { apiKey: true, keyPair: true, sessionToken: false },
};

let folder = '';
const at = (name: string): string => path.join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'upload-command-'));
  for (let index = 0; index < 150; index += 1) writeFileSync(at(`${index}.csv`), 'date,wind\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that confirms ten rows of each file at once, and writes down what it is asked. */
function confirming(): {
  readonly engine: Partial<Engine>;
  readonly asked: { readonly started: Parameters<Engine['startUpload']>[0][]; readonly changed: unknown[] };
} {
  const asked = { started: [] as Parameters<Engine['startUpload']>[0][], changed: [] as unknown[] };
  const engine: Partial<Engine> = {
    listConnections: () => [plant],
    inspect: ({ path: file }) => Promise.resolve(inspection(file)),
    addConnection: (input, options) =>
      Promise.resolve({ ...plant, ...input, id: options?.id ?? 'new', limits: limitsSchema.parse(input.limits) }),
    updateConnection: (input) =>
      Promise.resolve({ ...plant, limits: limitsSchema.parse(asked.changed.push(input.limits) > 0 ? input.limits : {}) }),
    startUpload: (input) => Promise.resolve(`transfer-${asked.started.push(input)}`),
    transfer: () => undefined,
    finished: (id) => {
      const files = asked.started.at(-1)?.files ?? [];
      const ended = files.map(({ path: file }) =>
        transferFile(path.basename(file), { ledger: ledger({ rowsRead: 10, rowsConfirmed: 10 }) }),
      );
      return Promise.resolve(transfer(ended, { id }));
    },
  };
  return { engine, asked };
}

const options = (files: readonly string[], flags: Readonly<Record<string, unknown>>) =>
  parseUploadOptions(files.map(at), { metricType: 'weather', json: true, ...flags }, env);

const kindsOf = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { kind: string }).kind);

describe('upload', () => {
  it('sends by the suggested mapping and the metric type, and closes the data folder', async () => {
    const { engine, asked } = confirming();
    const cli = recordedCli({ engine, env });
    expect(await runUpload(options(['0.csv'], { to: 'Plant', route: 'stream', again: true }), cli.context)).toBe(0);
    expect(asked.started).toMatchObject([
      {
        connectionId: 'plant',
        route: 'stream',
        again: true,
        files: [{ path: at('0.csv'), mapping: { metricType: { value: 'weather' } } }],
      },
    ]);
    expect(cli.closed).toEqual(['/data']);
    expect(JSON.parse(cli.lines.at(-1) ?? '')).toMatchObject({ kind: 'summary', files: 1, rowsRead: 10, rowsConfirmed: 10 });
  });

  it('tells the result of every file, also of more than the engine lists for one transfer', async () => {
    const { engine, asked } = confirming();
    const cli = recordedCli({ engine, env });
    expect(await runUpload(options(['*.csv'], { to: 'plant' }), cli.context)).toBe(0);
    expect(asked.started.map(({ files }) => files.length)).toEqual([100, 50]);
    expect(kindsOf(cli.lines).filter((kind) => kind === 'file')).toHaveLength(150);
    expect(JSON.parse(cli.lines.at(-1) ?? '')).toMatchObject({ files: 150, rowsConfirmed: 1_500 });
  });

  it('refuses files that lack a metric type, sends nothing and says which option is missing', async () => {
    const { engine } = confirming();
    const cli = recordedCli({ engine: { ...engine, inspect: ({ path: file }) => Promise.resolve(inspection(file)) }, env });
    expect(await runUpload(options(['0.csv'], { to: 'plant', metricType: undefined }), cli.context)).toBe(2);
    expect(cli.lines[0]).toContain('--metric-type');
    expect(kindsOf(cli.lines)).toEqual(['refused', 'summary']);
  });

  it('names the variables that are not set, before anything is opened', async () => {
    const cli = recordedCli({ env: { FINEO_API_KEY: 'the-api-key' } });
    await expect(runUpload(options(['0.csv'], { root: 'http://127.0.0.1:9' }), cli.context)).rejects.toThrow(
      /AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY$/,
    );
    expect(cli.closed).toEqual([]);
  });

  it('never shows what is secret', async () => {
    const { engine } = confirming();
    const cli = recordedCli({ engine, env });
    expect(await runUpload(options(['0.csv'], { root: 'http://127.0.0.1:9' }), cli.context)).toBe(0);
    expect([...cli.lines, ...cli.notes].join('\n')).not.toMatch(/the-api-key|the-secret/);
  });

  it('limits its own requests and leaves the saved connection as it is', async () => {
    const { engine, asked } = confirming();
    const cli = recordedCli({ engine, env });
    expect(await runUpload(options(['0.csv'], { to: 'plant', rate: '5' }), cli.context)).toBe(0);
    expect(asked.started[0]?.limits).toEqual({ requestsPerSecond: 5 });
    expect(asked.changed).toEqual([]);
  });

  it('closes the data folder when the upload fails', async () => {
    const { engine } = confirming();
    const failing = recordedCli({ engine: { ...engine, startUpload: () => Promise.reject(new Error('a bug')) }, env });
    await expect(runUpload(options(['0.csv'], { to: 'plant' }), failing.context)).rejects.toThrow('a bug');
    expect(failing.closed).toEqual(['/data']);
  });

  it('cancels at an interruption, waits for what is in flight and leaves the other files', async () => {
    const { engine } = confirming();
    let stop: (() => void) | undefined;
    const cli = recordedCli({
      env,
      engine: {
        ...engine,
        cancel: () => {
          stop?.();
          return Promise.resolve();
        },
        finished: (id) =>
          new Promise((resolve) => {
            const files = [
              transferFile('0.csv', {
                state: 'cancelled',
                failure: failure('cancelled', ''),
                ledger: ledger({ rowsRead: 10, rowsConfirmed: 4, rowsHeld: 6 }),
              }),
            ];
            stop = () => resolve(transfer(files, { id, state: 'cancelled', moreFiles: 99 }));
            cli.interrupt();
          }),
      },
    });
    expect(await runUpload(options(['*.csv'], { to: 'plant' }), cli.context)).toBe(130);
    expect(JSON.parse(cli.lines.at(-1) ?? '')).toMatchObject({ files: 150, rowsRead: 10, rowsConfirmed: 4, rowsHeld: 6 });
  });

  it('only looks in a dry run, by the mapping that would be used, and tells the problems of the first rows', async () => {
    const reject = { line: 2, reject: failure('timestamp-unparsable', 'yesterday is no time') };
    const cli = recordedCli({
      env,
      engine: {
        listConnections: () => [plant],
        inspect: ({ path: file, mapping }) =>
          Promise.resolve(inspection(file, mapping ? { preview: [reject, { line: 3, event: '{"wind":1}' }] } : {})),
      },
    });
    expect(await runUpload(options(['0.csv'], { dryRun: true }), cli.context)).toBe(1);
    expect(JSON.parse(cli.lines[0] ?? '')).toMatchObject({
      kind: 'preview',
      event: '{"wind":1}',
      problems: [{ line: 2, code: 'timestamp-unparsable' }],
    });
    expect(JSON.parse(cli.lines.at(-1) ?? '')).toMatchObject({ kind: 'summary', files: 1, rowsRead: 0, requests: 0 });
  });
});
