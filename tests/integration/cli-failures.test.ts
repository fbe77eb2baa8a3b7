import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText, runCli, startSandbox, workFolder, type RunningSandbox } from './command-line.ts';

const work = workFolder();
let sandbox: RunningSandbox;
let file = '';
beforeAll(async () => {
  sandbox = await startSandbox(work.at('service'));
  file = work.write('a.csv', csvText(50));
});
afterAll(async () => {
  await sandbox.stop();
  work.remove();
});

/** A port of the loopback interface that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const upload = (dataDir: string, root: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runCli(['upload', file, '--root', root, '--data-dir', work.at(dataDir), '--json', ...args], { env });

describe('what cannot be delivered ends with 3', () => {
  it('when nobody listens', async () => {
    const result = await upload('closed', `http://127.0.0.1:${await closedPort()}`, sandbox.env);
    expect(result.code).toBe(3);
    expect(result.summary()).toMatchObject({ files: 1, rowsConfirmed: 0, rowsRejected: 0 });
    expect(result.stdout).toContain('server-unreachable');
  });

  it.each([
    ['FINEO_API_KEY', 'api-key-refused'],
    ['AWS_SECRET_ACCESS_KEY', 'credentials-refused'],
    ['AWS_ACCESS_KEY_ID', 'credentials-refused'],
  ])('when %s is wrong; right again, the rows go out', async (variable, code) => {
    const dataDir = `wrong-${variable}`;
    const wrong = await upload(dataDir, sandbox.root, { ...sandbox.env, [variable]: 'AKIAWRONGWRONGWRONG0' });
    expect(wrong.code).toBe(3);
    expect(wrong.stdout).toContain(code);
    const right = await upload(dataDir, sandbox.root, sandbox.env);
    expect(right.code).toBe(0);
    expect(right.summary()).toMatchObject({ rowsRead: 50, rowsConfirmed: 50, rowsHeld: 0 });
  });
});

describe('what is asked for wrongly ends with 2', () => {
  it.each<[RegExp, readonly string[]]>([
    [/--to <connection> or --root/, ['upload', 'a.csv']],
    [/missing required argument/, ['upload', '--to', 'plant']],
    [/nowhere\.csv does not exist/, ['upload', 'nowhere.csv', '--to', 'plant']],
    [/no file matches none-\*\.csv/, ['upload', 'none-*.csv', '--to', 'plant']],
    [/unknown command/, ['uplaod']],
    [/there is no transfer/, ['rejects', 'no-such-transfer']],
    [/no connection is saved/, ['connections', 'test', 'plant']],
    [/--port/, ['sandbox', '--port', '70000']],
  ])('%s', async (message, args) => {
    const result = await runCli(args, { env: { FINEO_UPLOADER_DATA_DIR: work.at('usage') } });
    expect(result.stderr.replaceAll('‘', '')).toMatch(message);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('when a secret is missing in the environment, naming the variable', async () => {
    const { AWS_SECRET_ACCESS_KEY: _, ...rest } = sandbox.env;
    const result = await upload('missing', sandbox.root, rest);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('AWS_SECRET_ACCESS_KEY');
    expect(result.stdout).not.toContain(rest.FINEO_API_KEY);
  });

  it('when nothing says which metric type the rows belong to', async () => {
    const plain = work.write('weather.csv', 'date,wind\n2012-01-01,4\n');
    const result = await runCli(['upload', plain, '--root', sandbox.root, '--data-dir', work.at('metric')], { env: sandbox.env });
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('--metric-type');
  });

  it('when another process uses the data folder', async () => {
    const serving = await startSandbox(work.at('shared'));
    const second = await runCli(['sandbox', '--json', '--data-dir', work.at('shared')]);
    await serving.stop();
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('data-dir-locked');
  });
});
