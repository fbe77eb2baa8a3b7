import { gzipSync } from 'node:zlib';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import aws4 from 'aws4';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../electron/sandbox/server.ts';
import { call, withSandbox, type TestAnswer } from './sandbox-client.ts';

const s3Credentials = { accessKeyId: 'AKIAOBJECTS', secretAccessKey: 'secret'.repeat(6) };

/** Signed as aws4 would have signed it. */
const isSignedRight = (request: IncomingMessage): boolean => {
  const { authorization, 'x-amz-date': date, 'x-amz-content-sha256': digest, host } = request.headers;
  const headers = { Host: String(host), 'X-Amz-Date': String(date), 'X-Amz-Content-Sha256': String(digest) };
  const signed = aws4.sign({ method: 'GET', path: String(request.url), headers, service: 's3', region: 'eu-central-1' }, s3Credentials);
  const signature = (text: unknown): string | undefined => /Signature=(\w+)/.exec(String(text))?.[1];
  return signature(signed.headers?.['Authorization']) === signature(authorization);
};

/** The two calls of S3 that reading takes, two keys a page, over objects in memory. */
async function withObjects<T>(objects: Map<string, Buffer>, work: (endpoint: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    if (!isSignedRight(request)) {
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    } else if (url.searchParams.get('list-type') === '2') {
      const keys = [...objects.keys()].filter((key) => key.startsWith(url.searchParams.get('prefix') ?? '')).sort();
      const from = Number(url.searchParams.get('continuation-token') ?? 0);
      const listed = keys.slice(from, from + 2).map((key) => `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key></Contents>`);
      const more = from + 2 < keys.length;
      response.end(
        `<L><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''}${listed.join('')}</L>`,
      );
    } else {
      const found = objects.get(decodeURIComponent(url.pathname).replace('/bucket/', ''));
      if (found) response.end(found);
      else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const have = async (sandbox: Sandbox, filePath: string): Promise<TestAnswer> => {
  const answer = await call(sandbox.access, { method: 'POST', path: '/batch/v1/batch/upload/file', body: JSON.stringify({ filePath }) });
  await sandbox.objectsRead();
  return answer;
};

const csv =
  'metrictype,timestamp,note\r\nweather,1490638685520,"a ""quoted"", one\nof two lines"\r\nweather,1490638685521,x\r\nweather,1\r\n';
const json =
  '{"metrictype":"weather","timestamp":1490638685522,"n":12345678901234567890}\n\nnot json\n{"metrictype":"weather","timestamp":1490638685523}';

describe('objects in S3', () => {
  it('are read as CSV or JSON lines, gzipped or not, one by one or a folder of them', () =>
    withObjects(
      new Map([
        ['data/a & b.csv', Buffer.from(csv)],
        ['data/c.csv.gz', gzipSync(csv)],
        ['data/d.json', Buffer.from(json)],
        ['data/e.gz', gzipSync(json)],
        ['database', Buffer.from('left alone')],
      ]),
      (endpoint) =>
        withSandbox({ s3: { endpoint, region: 'eu-central-1', ...s3Credentials } }, async (sandbox) => {
          expect(await have(sandbox, 's3://bucket/data/a & b.csv')).toMatchObject({ status: 200, json: {} });
          expect(sandbox.status()).toMatchObject({ rows: 2, errors: 1 });
          expect(sandbox.rows({ table: 'weather', offset: 0, limit: 9 }).rows.map(({ fields }) => fields)).toEqual([
            { note: 'a "quoted", one\nof two lines' },
            { note: 'x' },
          ]);
          await have(sandbox, 's3://bucket/data/a & b.csv');
          expect(sandbox.status()).toMatchObject({ rows: 2, errors: 1 });
          await have(sandbox, 's3://bucket/data');
          expect(sandbox.status()).toMatchObject({ rows: 2 + 8, errors: 1 + 4 });
          expect(
            sandbox.rows({ table: 'weather', offset: 0, limit: 20 }).rows.filter(({ fields }) => fields.n === '12345678901234567890'),
          ).toHaveLength(2);
          const status = await call(sandbox.access, {
            method: 'GET',
            path: `/batch/v1/batch/status/${encodeURIComponent('s3://bucket/data')}`,
          });
          expect(status.status).toBe(200);
        }),
    ));

  it('are refused with the reason: no endpoint, no such object, wrong credentials, no path', () =>
    withObjects(new Map(), async (endpoint) => {
      const reason = async (
        s3: { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string } | undefined,
        path: string,
      ) =>
        withSandbox(s3 ? { s3 } : {}, async (sandbox) => {
          const answer = await have(sandbox, path);
          return `${answer.status} ${(answer.json as { message: string }).message}`;
        });
      const s3 = { endpoint, region: 'eu-central-1', ...s3Credentials };
      expect(await reason(undefined, 's3://bucket/a')).toBe('400 s3://bucket/a cannot be read: the sandbox has no S3 endpoint');
      expect(await reason(s3, 's3://bucket/a')).toBe('400 s3://bucket/a cannot be read: there is no such object');
      expect(await reason({ ...s3, secretAccessKey: 'wrong' }, 's3://bucket/a')).toBe(
        '400 s3://bucket/a cannot be read: the object storage answered 403 SignatureDoesNotMatch',
      );
      expect(await reason(s3, 'bucket/a')).toContain('filePath must be s3://<bucket>/<key>');
    }));

  it('show up among the errors when they break off, and what was there stays', () => {
    const objects = new Map([['a.gz', gzipSync(json)]]);
    return withObjects(objects, (endpoint) =>
      withSandbox({ s3: { endpoint, region: 'eu-central-1', ...s3Credentials } }, async (sandbox) => {
        await have(sandbox, 's3://bucket/a.gz');
        expect(sandbox.status()).toMatchObject({ rows: 2, errors: 1 });
        objects.set('a.gz', gzipSync(json).subarray(0, 40));
        await have(sandbox, 's3://bucket/a.gz');
        expect(sandbox.status()).toMatchObject({ rows: 2, errors: 2 });
        expect(sandbox.errors({ offset: 1, limit: 1 }).errors[0]).toMatchObject({
          source: 'errors.batch',
          message: expect.stringContaining('not read: ') as string,
        });
      }),
    );
  });

  it('are read after a restart when there was no time before', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    try {
      await withObjects(new Map([['a', Buffer.from(json)]]), async (endpoint) => {
        const s3 = { endpoint, region: 'eu-central-1', ...s3Credentials };
        await withSandbox({ dataDir, s3 }, (sandbox) =>
          call(sandbox.access, { method: 'POST', path: '/batch/v1/batch/upload/file', body: '{"filePath":"s3://bucket/a"}' }),
        );
        await withSandbox({ dataDir, s3 }, async (sandbox) => {
          await sandbox.objectsRead();
          expect(sandbox.status()).toMatchObject({ rows: 2, errors: 1 });
        });
      });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
