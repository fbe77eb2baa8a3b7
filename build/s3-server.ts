/** A real S3 server for tests: OpenStack Swift with its S3 interface, as a program that may lie beside the checkout. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './repository.ts';

const program = path.resolve(root, '..', 'shared', 'bin', 's3-server');

export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly readOnly: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}

/** Why there is no S3 server here, if there is none. */
export function missingS3Server(): string | undefined {
  const named = process.env['S3_SERVER'] ?? program;
  if (!existsSync(named)) return `no S3 server: ${path.basename(named)} does not lie beside the checkout and S3_SERVER does not name one`;
  // The distribution's own Python has the distribution's packages.
  const python = spawnSync('/usr/bin/python3', ['-c', 'import swift, botocore'], { stdio: 'ignore' });
  return python.status === 0 ? undefined : 'no S3 server: the Debian packages python3-swift, memcached and python3-botocore are missing';
}

export interface S3ServerOptions {
  /** Keeps its objects for a later start. */
  readonly dir?: string;
  readonly port?: number;
}

/** It gives itself half a minute, which is not enough where much else runs. */
const mostStarts = 4;

/** Starts it with these buckets, which must not be there yet. */
export async function startS3Server(buckets: readonly string[], options: S3ServerOptions = {}): Promise<S3Server> {
  for (let starts = 1; ; starts += 1) {
    const server = await tryStart(buckets, options).catch((error: unknown) => {
      if (starts === mostStarts) throw error;
      return undefined;
    });
    if (server !== undefined) return server;
  }
}

async function tryStart(buckets: readonly string[], options: S3ServerOptions): Promise<S3Server> {
  const args = [
    ...buckets.flatMap((bucket) => ['--bucket', bucket]),
    ...(options.dir === undefined ? [] : ['--dir', options.dir]),
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    '--until-stdin-closes',
  ];
  const child: ChildProcess = spawn(process.env['S3_SERVER'] ?? program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { stdout } = child;
  if (stdout === null) throw new Error('the S3 server has no standard output');
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).once('line', resolve);
    void ended.then(() => reject(new Error(`the S3 server did not start: ${errors}`)));
  });
  const told = JSON.parse(line) as Omit<S3Server, 'stop'>;
  return {
    ...told,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
