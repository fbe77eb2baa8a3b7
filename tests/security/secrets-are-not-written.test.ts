import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import { spawnCli } from '../fakes/cli-process.ts';
import { csvOf } from '../fakes/generated-csv.ts';
import { engineFolder, type EngineFolder } from '../fakes/running-engine.ts';

/** Temporary credentials that nothing else looks like; characters that encodings change are among them. */
const known = {
  accessKeyId: 'ASIADISTINCTIVE7Q4Z',
  secretAccessKey: 'S3cr3t/Distinctive+Key=Vz81%qP',
  sessionToken: 'Session/Distinctive+Token==Hq27%wX',
};
const wrong = { apiKey: 'Wr0ng/Distinctive+ApiKey=Jm55', secretAccessKey: 'Wr0ng/Distinctive+Secret=Kd93' };
let service: EngineFolder;
let work: EngineFolder;
let sandbox: Sandbox;

beforeAll(async () => {
  service = engineFolder();
  work = engineFolder();
  sandbox = await startSandbox({ dataDir: service.path, moreCredentials: [known] });
});
afterAll(async () => {
  await sandbox.close();
  service.remove();
  work.remove();
});

/** A secret in every form that it may be written in. */
function formsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret);
  const texts = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    // In the middle of a longer text base64 depends on what stands before; these parts are the same wherever it begins.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(4, -4),
    ),
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64url')
        .slice(4, -4),
    ),
  ];
  return [...texts.map((text) => Buffer.from(text)), Buffer.from(secret, 'utf16le')];
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

it('no secret is in output, journal, log, rejects, history, any other file, or a command line', async () => {
  const { root, secrets } = sandbox.access;
  const apiKey = secrets.apiKey;
  const all = [apiKey, ...Object.values(known).slice(1), ...Object.values(wrong)];
  const good = {
    FINEO_API_KEY: apiKey,
    AWS_ACCESS_KEY_ID: known.accessKeyId,
    AWS_SECRET_ACCESS_KEY: known.secretAccessKey,
    AWS_SESSION_TOKEN: known.sessionToken,
  };
  const dataDir = work.at('data');
  const file = work.write('rows.csv', `${csvOf({ rows: 2_000 })}yesterday,1\n`);
  const dir = ['--data-dir', dataDir];
  const target = ['--root', root, '--metric-type', 'rows', ...dir];
  const stdin = JSON.stringify({ apiKey, ...known });
  const commands: readonly {
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
  }[] = [
    { args: ['upload', file, ...target, '--json'] },
    { args: ['upload', file, ...target, '--route', 'stream'] },
    { args: ['upload', file, ...target, '--again'], env: { ...good, FINEO_API_KEY: wrong.apiKey } },
    {
      args: ['upload', file, ...target, '--again', '--json', '--route', 'stream'],
      env: { ...good, AWS_SECRET_ACCESS_KEY: wrong.secretAccessKey },
    },
    { args: ['upload', file, '--root', root, '--region', 'eu-west-1', '--metric-type', 'rows', ...dir, '--json'] },
    { args: ['upload', file, '--root', 'http://127.0.0.1:9', '--metric-type', 'rows', ...dir] },
    { args: ['connections', 'add', 'Environment', '--root', root, ...dir, '--json'] },
    { args: ['connections', 'add', 'Stdin', '--root', root, '--secrets-stdin', ...dir], env: {}, stdin },
    { args: ['connections', 'add', 'Broken', '--root', root, '--secrets-stdin', ...dir], env: {}, stdin: `${stdin.slice(0, -1)},` },
    {
      args: ['connections', 'add', 'Wrong', '--root', root, ...dir],
      env: { ...good, FINEO_API_KEY: wrong.apiKey, AWS_SECRET_ACCESS_KEY: wrong.secretAccessKey },
    },
    { args: ['connections', 'add', 'Stdin', '--root', root, '--replace', ...dir] },
    { args: ['connections', 'list', ...dir, '--json'], env: {} },
    { args: ['connections', 'test', 'Stdin', ...dir], env: {} },
    { args: ['connections', 'test', 'Wrong', ...dir, '--json'], env: {} },
    { args: ['upload', file, '--to', 'Stdin', '--metric-type', 'rows', '--again', ...dir, '--json'], env: {} },
    { args: ['upload', file, '--to', 'Wrong', '--metric-type', 'rows', '--again', ...dir], env: {} },
    { args: ['history', ...dir, '--json'], env: {} },
    { args: ['history', ...dir], env: {} },
  ];
  const found: string[] = [];
  const look = (bytes: Buffer, where: string): void => {
    for (const [index, secret] of all.entries())
      if (formsOf(secret).some((form) => bytes.includes(form))) found.push(`secret ${String(index)} in ${where}`);
  };
  const transfers: string[] = [];
  for (const { args, env = good, stdin: input = '' } of commands) {
    const run = spawnCli(args, { env, stdin: input });
    look(Buffer.from(execFileSync('ps', ['-A', '-ww', '-o', 'args='])), `the command lines during ${args.join(' ')}`);
    const ended = await run.ended;
    look(Buffer.from(ended.stdout + ended.stderr), `the output of ${args.join(' ')}`);
    transfers.push(...ended.lines.filter(({ kind }) => kind === 'transfer').map(({ id }) => String(id)));
    // After each command, so that what a later one would remove is seen too.
    for (const name of filesBelow(dataDir)) look(readFileSync(name), `${path.basename(name)} after ${args.join(' ')}`);
  }
  for (const transfer of new Set(transfers)) {
    const { stdout, stderr } = await spawnCli(['rejects', transfer, ...dir, '--json']).ended;
    look(Buffer.from(stdout + stderr), `the rejects of ${transfer}`);
  }
  expect(transfers.length).toBeGreaterThan(3);
  expect(filesBelow(dataDir).map((name) => path.basename(name))).toEqual(expect.arrayContaining(['journal.sqlite', 'vault.json']));
  expect(found).toEqual([]);
});
