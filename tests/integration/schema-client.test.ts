/** The schema of a running service, read, kept and changed by the engine and by the command line. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineFolder, runningEngine, type EngineFolder, type RunningEngine } from '../fakes/running-engine.ts';
import { runCli } from './command-line.ts';
import { call, withSandbox } from './sandbox-client.ts';

let folder: EngineFolder;
let running: RunningEngine | undefined;
const connected: RunningEngine['connect'] = (...args) => {
  if (running === undefined) throw new Error('the engine does not run');
  return running.connect(...args);
};
beforeEach(() => {
  folder = engineFolder();
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  folder.remove();
});

describe('the engine', () => {
  it('reads, changes and keeps the schema, and shows what is kept when the service is gone', async () => {
    running = await runningEngine({ dataDir: folder.at('data') });
    const { engine } = running;
    const id = await withSandbox({}, async ({ access }) => {
      const { id: connectionId } = await connected(access);
      expect(await engine.schema({ connectionId, refresh: false })).toMatchObject({ schema: { metrics: [] } });
      const change = (wanted: Parameters<typeof engine.changeSchema>[0]['change']) => engine.changeSchema({ connectionId, change: wanted });
      await change({ kind: 'create-metric', metric: 'points', aliases: ['pts'] });
      await change({ kind: 'create-field', metric: 'pts', field: 'point3', type: 'double precision', aliases: [] });
      await change({ kind: 'change-field', metric: 'points', field: 'point3', aliases: ['pont3'] });
      await change({ kind: 'change-field', metric: 'points', field: 'timestamp', aliases: ['when'] });
      await change({ kind: 'change-metric', metric: 'points', timestampPatterns: ['ISO_INSTANT'] });
      const after = await change({ kind: 'tenant', metricKeys: ['type'], timestampPatterns: ['uuuu-MM-dd HH:mm'] });
      expect(after.schema).toEqual({
        tenant: { metricKeys: ['type'], timestampPatterns: ['uuuu-MM-dd HH:mm'] },
        metrics: [
          {
            name: 'points',
            aliases: ['pts'],
            timestampPatterns: ['ISO_INSTANT'],
            timestampAliases: ['when'],
            fields: [{ name: 'point3', aliases: ['pont3'], type: 'DOUBLE' }],
          },
        ],
      });
      expect((await engine.schema({ connectionId, refresh: true })).schema).toEqual(after.schema);
      await change({ kind: 'change-metric', metric: 'points', newName: 'Points' });
      await change({ kind: 'create-metric', metric: 'other', aliases: [] });
      const last = await change({ kind: 'delete-metric', metric: 'other' });
      expect(last.schema?.metrics.map(({ name }) => name)).toEqual(['Points']);
      await expect(change({ kind: 'create-field', metric: 'Points', field: 'x', type: 'nonsense', aliases: [] })).rejects.toMatchObject({
        code: 'schema-refused',
      });
      return connectionId;
    });
    const offline = await engine.schema({ connectionId: id, refresh: true });
    expect(offline).toMatchObject({ schema: { metrics: [{ name: 'Points' }] }, failure: { code: 'server-unreachable' } });
    expect(offline.readAt).toBeGreaterThan(0);
  });

  it('makes no change on top of one that the person has not seen, and says what differs', async () => {
    running = await runningEngine({ dataDir: folder.at('data') });
    const { engine } = running;
    await withSandbox({}, async ({ access }) => {
      const { id: connectionId } = await connected(access);
      const created = await engine.changeSchema({ connectionId, change: { kind: 'create-metric', metric: 'm', aliases: [] } });
      const [metric] = created.schema?.metrics ?? [];
      const seen = { metric };
      const body = JSON.stringify({ metricName: 'm', timestampPatterns: ['ISO_INSTANT'] });
      await call(access, { method: 'PATCH', path: '/schema/v1/schema/metric', body });
      const change = { kind: 'change-metric' as const, metric: 'm', timestampPatterns: ['RFC_1123_DATE_TIME'] };
      await expect(engine.changeSchema({ connectionId, change, seen })).rejects.toMatchObject({
        code: 'schema-changed',
        context: { differences: 'timestamp patterns: none → ISO_INSTANT' },
      });
      const now = await engine.schema({ connectionId, refresh: true });
      expect(now.schema?.metrics[0]?.timestampPatterns).toEqual(['ISO_INSTANT']);
    });
  });

  it('says why the schema cannot be read by credentials that may only send', async () => {
    running = await runningEngine({ dataDir: folder.at('data') });
    const { engine } = running;
    const device = { accessKeyId: 'AKIADEVICE', secretAccessKey: 'secret'.repeat(6) };
    await withSandbox({ moreCredentials: [{ ...device, isDevice: true }] }, async ({ access }) => {
      const secrets = { ...device, apiKey: access.secrets.apiKey };
      const { id: connectionId } = await connected({ root: access.root, secrets });
      const found = await engine.schema({ connectionId, refresh: true });
      expect(found.schema).toBeUndefined();
      expect(found.failure).toMatchObject({ code: 'permission-denied' });
    });
  });
});

it('the command line shows and changes the schema, and shows it offline', async () => {
  const data = ['--data-dir', folder.at('data')];
  await withSandbox({}, async ({ access }) => {
    const { apiKey, accessKeyId, secretAccessKey } = access.secrets;
    const stdin = JSON.stringify({ apiKey, accessKeyId, secretAccessKey });
    await runCli(['connections', 'add', 'Plant', '--root', access.root, '--region', access.region, '--secrets-stdin', ...data], { stdin });
    const schema = (...args: string[]) => runCli(['schema', ...args, '--to', 'Plant', ...data]);
    expect((await schema('create-metric', 'points', '--alias', 'pts')).code).toBe(0);
    expect((await schema('create-field', 'points', 'point3', '--type', 'double')).stdout).toContain('point3  DOUBLE');
    expect((await schema('alias', 'pts', 'pont3', '--field', 'point3')).code).toBe(0);
    expect((await schema('patterns', 'ISO_INSTANT', 'uuuu-MM-dd HH:mm', '--metric', 'points')).code).toBe(0);
    expect((await schema('keys', 'type', 'kind')).stdout).toContain('Metric type keys: type, kind, metrictype');
    const shown = await schema('show', '--json');
    expect(shown.objects()).toMatchObject([{ kind: 'schema', tenant: { metricKeys: ['type', 'kind'] }, metrics: [{ name: 'points' }] }]);
    expect((await schema('metric', 'pts')).stdout).toContain('pont3');
    const unknown = await schema('metric', 'none');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('there is no metric type none; there are: points');
  });
  const offline = await runCli(['schema', 'show', '--offline', '--json', '--to', 'Plant', ...data]);
  expect(offline.objects()).toMatchObject([{ kind: 'schema', metrics: [{ name: 'points', aliases: ['pts'] }] }]);
  const unreachable = await runCli(['schema', 'metrics', '--to', 'Plant', ...data]);
  expect(unreachable.code).toBe(3);
  expect(unreachable.stdout).toContain('points');
});
