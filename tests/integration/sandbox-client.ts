/** A client of the sandbox for tests, signed by aws4. */
import aws4 from 'aws4';
import { request } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox, type SandboxAccess, type SandboxOptions } from '../../electron/sandbox/server.ts';

export interface TestRequest {
  readonly method?: string;
  /** Below the root. */
  readonly path: string;
  readonly body?: string | Buffer | undefined;
  readonly apiKey?: string | undefined;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly region?: string;
  readonly signedAtMs?: number;
  /** Changes what was signed, on the way. */
  readonly tamper?: (sent: Sent) => Sent;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

/** Sends as it is; rejects when the connection breaks. */
export const exchange = (root: string, sent: Sent): Promise<TestAnswer> =>
  new Promise((resolve, reject) => {
    const url = new URL(root);
    const { method, path, headers, body } = sent;
    const call = request({ host: url.hostname, port: url.port, method, path, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const json: unknown = text === '' ? undefined : JSON.parse(text);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json });
      });
    });
    call.on('error', reject);
    call.end(body);
  });

/** Headers and body as a correct client would send them. */
export const sign = (access: SandboxAccess, wanted: TestRequest): Sent => {
  const { method = 'PUT', path, body } = wanted;
  const apiKey = 'apiKey' in wanted ? wanted.apiKey : access.secrets.apiKey;
  const signedAt = wanted.signedAtMs === undefined ? undefined : new Date(wanted.signedAtMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = { Accept: 'application/json', Host: new URL(access.root).host };
  if (apiKey !== undefined) headers['x-api-key'] = apiKey;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (signedAt !== undefined) headers['X-Amz-Date'] = signedAt;
  const credentials = {
    accessKeyId: wanted.accessKeyId ?? access.secrets.accessKeyId,
    secretAccessKey: wanted.secretAccessKey ?? access.secrets.secretAccessKey,
    ...(wanted.sessionToken === undefined ? {} : { sessionToken: wanted.sessionToken }),
  };
  const signed = aws4.sign(
    { method, path, headers, service: 'execute-api', region: wanted.region ?? access.region, ...(body === undefined ? {} : { body }) },
    credentials,
  );
  const all = Object.fromEntries(Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)]));
  return { method, path, headers: all, body: Buffer.from(body ?? '') };
};

export const call = (access: SandboxAccess, wanted: TestRequest): Promise<TestAnswer> => {
  const sent = sign(access, wanted);
  return exchange(access.root, wanted.tamper ? wanted.tamper(sent) : sent);
};

export const callOwn = (access: SandboxAccess, method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  exchange(access.root, {
    method,
    path,
    headers: { 'x-api-key': access.secrets.apiKey },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  });

export const putEvents = (access: SandboxAccess, events: unknown): Promise<TestAnswer> =>
  call(access, { path: '/stream/v1/stream/events', body: JSON.stringify(events) });

export const putBatch = (access: SandboxAccess, name: string, body: string): Promise<TestAnswer> =>
  call(access, { path: `/batch/v1/batch/upload/data/${encodeURIComponent(name)}`, body });

export const weather = (count: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, index) => ({ metrictype: 'weather', timestamp: 1_490_638_685_520 + index, row: index, ...more }));

/** A sandbox in a folder of its own; both are gone after `work`. */
export async function withSandbox<T>(
  options: Partial<SandboxOptions>,
  work: (sandbox: Sandbox, dataDir: string) => Promise<T>,
): Promise<T> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sandbox-'));
  const sandbox = await startSandbox({ ...options, dataDir });
  try {
    return await work(sandbox, dataDir);
  } finally {
    await sandbox.close();
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}
