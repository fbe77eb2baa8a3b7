/** A real S3 server, the sandbox that reads from it, and uploads from the command line by way of both. */
import { startS3Server, type S3Server } from '../../build/s3-server.ts';
import { runCli, type EndedProcess } from '../fakes/cli-process.ts';
import { startSandbox, workFolder, type RunningSandbox, type WorkFolder } from './command-line.ts';

type Keys = Pick<S3Server, 'accessKeyId' | 'secretAccessKey'>;

export interface S3Place {
  readonly folder: WorkFolder;
  start(): Promise<{ readonly server: S3Server; readonly sandbox: RunningSandbox }>;
  stop(): Promise<void>;
  /** As the environment of an upload has them. */
  keysOf(keys: Keys): Readonly<Record<string, string>>;
  /** `env`: the keys of the bucket; those of the server when absent. */
  upload(files: readonly string[], args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<EndedProcess>;
  /** The newest transfer with a file of this name, without its ending, as `history --json` tells it. */
  historyOf(name: string): Promise<Readonly<Record<string, unknown>>>;
}

export function s3Place(bucket: string): S3Place {
  const folder = workFolder();
  let running: { readonly server: S3Server; readonly sandbox: RunningSandbox } | undefined;
  const there = (): NonNullable<typeof running> => {
    if (running === undefined) throw new Error('the S3 server was not started');
    return running;
  };
  const keysOf = ({ accessKeyId, secretAccessKey }: Keys): Readonly<Record<string, string>> => ({
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  });
  return {
    ...{ folder, keysOf },
    async start() {
      const server = await startS3Server([bucket]);
      const sandbox = await startSandbox(folder.at('sandbox'), ['--s3-endpoint', server.endpoint], {
        AWS_ACCESS_KEY_ID: server.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      });
      running = { server, sandbox };
      return running;
    },
    async stop() {
      await running?.sandbox.stop();
      await running?.server.stop();
      folder.remove();
    },
    upload(files, args = [], env) {
      const { server, sandbox } = there();
      const target = ['--root', sandbox.root, '--route', 's3', '--bucket', bucket, '--s3-endpoint', server.endpoint];
      return runCli(['upload', ...files, '--json', ...target, '--data-dir', folder.at('data'), ...args], {
        env: { ...sandbox.env, ...(env ?? keysOf(server)) },
      });
    },
    async historyOf(name) {
      const { lines } = await runCli(['history', '--json', '--search', `${name}.csv`, '--data-dir', folder.at('data')]);
      return lines[0] ?? {};
    },
  };
}
