import { afterAll, beforeAll, expect, it } from 'vitest';
import { csvText, runCli, startSandbox, workFolder, type RunningSandbox } from './command-line.ts';

const work = workFolder();
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox(work.at('service'));
});
afterAll(async () => {
  await sandbox.stop();
  work.remove();
});

const run = (args: readonly string[], options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {}) =>
  runCli([...args, '--data-dir', work.at('data')], options);

it('a connection is added, tested, used from then on without its secrets, and removed', async () => {
  const { FINEO_API_KEY: apiKey, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = sandbox.env;
  const stdin = JSON.stringify({ apiKey, accessKeyId, secretAccessKey });
  const added = await run(['connections', 'add', 'Plant', '--root', sandbox.root, '--region', sandbox.region, '--secrets-stdin'], {
    stdin,
  });
  expect({ code: added.code, stderr: added.stderr }).toEqual({ code: 0, stderr: '' });

  const taken = await run(['connections', 'add', 'Plant', '--root', sandbox.root], { env: sandbox.env });
  expect(taken.code).toBe(2);
  expect(taken.stderr).toContain('connection-name-taken');

  const listed = await run(['connections', 'list', '--json']);
  expect(listed.objects()).toMatchObject([
    { kind: 'connection', name: 'Plant', root: sandbox.root, savedSecrets: { apiKey: true, keyPair: true, sessionToken: false } },
  ]);

  const tested = await run(['connections', 'test', 'Plant', '--json']);
  expect(tested.code).toBe(0);
  expect(tested.objects().filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(tested.objects()).toContainEqual(expect.objectContaining({ part: 'reachable', outcome: 'passed' }));

  const uploaded = await run(['upload', work.write('a.csv', csvText(9)), '--to', 'plant', '--json']);
  expect(uploaded.code).toBe(0);
  expect(await sandbox.rowsOf('machines', 9)).toBe(9);

  expect((await run(['connections', 'remove', 'Plant'])).code).toBe(0);
  expect((await run(['connections', 'list', '--json'])).objects()).toEqual([]);
});

it('a test of a connection with a wrong secret names the part that fails and ends with 3', async () => {
  const env = { ...sandbox.env, AWS_SECRET_ACCESS_KEY: 'wrong' };
  expect((await run(['connections', 'add', 'Wrong', '--root', sandbox.root], { env })).code).toBe(0);
  const tested = await run(['connections', 'test', 'Wrong', '--json']);
  expect(tested.code).toBe(3);
  expect(tested.objects()).toContainEqual(expect.objectContaining({ part: 'signature', outcome: 'failed' }));
  expect(tested.objects()).toContainEqual(expect.objectContaining({ part: 'reachable', outcome: 'passed' }));
  expect(tested.objects().filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
});
