import { afterAll, beforeAll, expect, it } from 'vitest';
import { csvText, runCli, startSandbox, workFolder, type RunningSandbox } from '../integration/command-line.ts';

const service = workFolder();
const work = workFolder();
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox(service.path);
});
afterAll(async () => {
  await sandbox.stop();
  service.remove();
  work.remove();
});

/** Each secret as it is and in the forms that it may be hidden in. */
const formsOf = (secrets: readonly string[]): readonly string[] =>
  secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ]);

it('no secret gets into output, journal, logs, rejects or any other file', async () => {
  const token = 'a-session-token-nobody-may-see';
  const env = { ...sandbox.env, FINEO_UPLOADER_DATA_DIR: work.at('data') };
  const secrets = formsOf([env.FINEO_API_KEY, env.AWS_SECRET_ACCESS_KEY, token]);
  const file = work.write('a.csv', `${csvText(20)}yesterday,machines,m0,1\n`);
  const target = ['--root', sandbox.root, '--region', sandbox.region];
  const commands: readonly { readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>> }[] = [
    { args: ['upload', file, ...target, '--json'] },
    { args: ['upload', file, ...target, '--again', '--route', 'stream'] },
    { args: ['upload', file, ...target, '--again'], env: { ...env, AWS_SESSION_TOKEN: token } },
    { args: ['upload', file, ...target, '--again'], env: { ...env, FINEO_API_KEY: `${env.FINEO_API_KEY}x` } },
    { args: ['upload', file, '--root', sandbox.root, '--region', 'eu-west-1', '--json'] },
    { args: ['connections', 'add', 'Plant', ...target], env: { ...env, AWS_SESSION_TOKEN: token } },
    { args: ['connections', 'test', 'Plant', '--json'] },
    { args: ['connections', 'list', '--json'] },
    { args: ['history', '--json'] },
  ];
  for (const command of commands) {
    const { stdout, stderr } = await runCli(command.args, { env: command.env ?? env });
    expect(
      secrets.filter((secret) => stdout.includes(secret) || stderr.includes(secret)),
      command.args.join(' '),
    ).toEqual([]);
  }
  const written = work.everything();
  expect(written.length).toBeGreaterThan(3);
  for (const { file: name, text } of written) {
    expect(
      secrets.filter((secret) => text.includes(secret)),
      name,
    ).toEqual([]);
  }
});
