import { describe, expect, it } from 'vitest';
import {
  addConnection,
  listConnections,
  removeConnection,
  testConnection,
} from '../../../../electron/headless/commands/connections-command.ts';
import { limitsSchema, type Connection } from '../../../../shared/contract/connections.ts';
import { failure } from '../../../../electron/engine/errors.ts';
import { showBucketPolicy, testBucket } from '../../../../electron/headless/commands/bucket-command.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';

const env = {
  FINEO_API_KEY: 'the-api-key',
  AWS_ACCESS_KEY_ID: 'the-id',
  AWS_SECRET_ACCESS_KEY: 'the-secret',
  FINEO_UPLOADER_DATA_DIR: '/data',
};
const connection = (change: Partial<Connection>): Connection => ({
  ...{
    id: 'p1',
    name: 'Plant',
    root: 'https://api.fineo.io',
    stage: 'v1',
    region: 'us-east-1',
    limits: limitsSchema.parse({}),
    isSandbox: false,
  },
  savedSecrets: { apiKey: true, keyPair: true, sessionToken: false },
  ...change,
});

describe('connections add', () => {
  it('saves the secrets of the environment and shows none', async () => {
    const added: unknown[] = [];
    const engine = {
      listConnections: () => [],
      addConnection: (input: unknown) => Promise.resolve(connection({ id: String(added.push(input)) })),
    };
    const cli = recordedCli({ env, engine });
    expect(await addConnection('Plant', { root: 'https://api.fineo.io/', rate: '20' }, cli.context)).toBe(0);
    expect(added).toMatchObject([
      { name: 'Plant', root: 'https://api.fineo.io', limits: { requestsPerSecond: 20, burst: 500 }, secrets: { apiKey: 'the-api-key' } },
    ]);
    expect(cli.lines.join()).not.toMatch(/the-api-key|the-secret/);
  });

  it('does not overwrite a connection unless told to', async () => {
    const changed: unknown[] = [];
    const engine = {
      listConnections: () => [connection({})],
      updateConnection: (input: unknown) => Promise.resolve(connection({ id: String(changed.push(input)) })),
    };
    await expect(addConnection('Plant', { root: 'https://b.example' }, recordedCli({ env, engine }).context)).rejects.toThrow(/--replace/);
    expect(await addConnection('Plant', { root: 'https://b.example', replace: true }, recordedCli({ env, engine }).context)).toBe(0);
    expect(changed).toMatchObject([{ id: 'p1', root: 'https://b.example' }]);
  });
});

describe('the bucket of a connection', () => {
  it('is saved with it, and changed in what is given', async () => {
    const objectStore = { bucket: 'rows', prefix: 'a', gzipLevel: 3 };
    const told: unknown[] = [];
    const save = (input: unknown) => Promise.resolve(connection({ id: String(told.push(input)) }));
    const fresh = recordedCli({ env, engine: { listConnections: () => [], addConnection: save } });
    await addConnection('Plant', { root: 'https://a.example', bucket: 'rows', prefix: '/a/' }, fresh.context);
    const old = recordedCli({ env, engine: { listConnections: () => [connection({ objectStore })], updateConnection: save } });
    await addConnection('Plant', { root: 'https://a.example', gzipLevel: '1', replace: true }, old.context);
    await addConnection('Plant', { root: 'https://a.example', replace: true }, old.context);
    expect(told).toMatchObject([{ objectStore }, { objectStore: { ...objectStore, gzipLevel: 1 } }, { objectStore: undefined }]);
  });

  it('needs a name', async () => {
    const cli = recordedCli({ env, engine: { listConnections: () => [] } });
    await expect(addConnection('Plant', { root: 'https://a.example', prefix: 'a' }, cli.context)).rejects.toThrow(/--bucket/);
    await expect(testBucket(undefined, {}, cli.context)).rejects.toThrow(/--bucket/);
  });

  it('has policies to be copied, also before anything is saved', async () => {
    const cli = recordedCli({ env });
    expect(await showBucketPolicy(undefined, { bucket: 'rows', json: true }, cli.context)).toBe(0);
    expect(JSON.parse(cli.lines[0] ?? '')).toMatchObject({ kind: 'bucket-policies', keys: { Version: '2012-10-17' } });
  });
});

describe('connections list', () => {
  it('leaves out the addresses of single runs', async () => {
    const cli = recordedCli({ env, engine: { listConnections: () => [connection({}), connection({ id: 'env-1', name: 'https://x' })] } });
    expect(await listConnections({ json: true }, cli.context)).toBe(0);
    expect(cli.lines).toHaveLength(1);
    expect(cli.lines[0]).toContain('"Plant"');
  });
});

describe('connections test', () => {
  it('shows each part by itself and ends with 3 when one failed', async () => {
    const checks = [
      { part: 'reachable' as const, outcome: 'passed' as const, detail: '12 ms' },
      { part: 'apiKey' as const, outcome: 'failed' as const, detail: 'Forbidden', failure: failure('api-key-refused', 'HTTP 403') },
    ];
    const cli = recordedCli({ env, engine: { listConnections: () => [connection({})], testConnection: () => Promise.resolve(checks) } });
    expect(await testConnection('plant', {}, cli.context)).toBe(3);
    expect(cli.lines.join('\n')).toMatch(/passed {3}reachable.*\n.*failed {3}API key[^]*api-key-refused/);
  });
});

it('connections remove takes a connection away by its name', async () => {
  const removed: string[] = [];
  const cli = recordedCli({
    env,
    engine: { listConnections: () => [connection({})], removeConnection: (id) => Promise.resolve(void removed.push(id)) },
  });
  expect(await removeConnection('Plant', {}, cli.context)).toBe(0);
  expect(removed).toEqual(['p1']);
});
