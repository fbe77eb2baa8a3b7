import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import aws4 from 'aws4';
import { describe, expect, it } from 'vitest';
import { authorize, digestOf, signRequest } from '../../../../electron/engine/sign/sign-request.ts';

interface SuiteCase {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
  };
  readonly authorization: string;
}
const suite = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../fixtures/sigv4-suite.json'), 'utf8'),
) as readonly SuiteCase[];

/** Repeated headers in one line, as HTTP allows and as they are sent. */
const joined = (headers: SuiteCase['request']['headers']): Record<string, string> => {
  const one: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    one[key] = one[key] === undefined ? value : `${one[key]},${value}`;
  }
  return one;
};

const sign = ({ request }: SuiteCase): string =>
  authorize(
    { method: request.method, path: request.path, headers: joined(request.headers), body: request.body },
    {
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
      region: 'us-east-1',
      service: 'service',
    },
  ).authorization;

/** A folded header line became one with commas in the suite of 2015; HTTP has done away with folding (RFC 9112, 5.2), and no client can send it. */
const notSendable = ['get-header-value-multiline'];

/**
 * The suite gives these paths as no client can send them, unencoded, and encodes them once. What is sent is encoded already, and
 * signed it is encoded once more, as for every service but S3 (and as botocore does, below).
 */
const rawPaths = ['get-utf8', 'normalize-path/get-space'];

describe('the published SigV4 test suite', () => {
  it('holds all its cases', () => {
    expect(suite.map(({ name }) => name)).toEqual([
      'get-header-key-duplicate',
      'get-header-value-multiline',
      'get-header-value-order',
      'get-header-value-trim',
      'get-unreserved',
      'get-utf8',
      'get-vanilla',
      'get-vanilla-empty-query-key',
      'get-vanilla-query',
      'get-vanilla-query-order-key',
      'get-vanilla-query-order-key-case',
      'get-vanilla-query-order-value',
      'get-vanilla-query-unreserved',
      'get-vanilla-utf8-query',
      'normalize-path/get-relative',
      'normalize-path/get-relative-relative',
      'normalize-path/get-slash',
      'normalize-path/get-slash-dot-slash',
      'normalize-path/get-slash-pointless-dot',
      'normalize-path/get-slashes',
      'normalize-path/get-space',
      'post-header-key-case',
      'post-header-key-sort',
      'post-header-value-case',
      'post-sts-token/post-sts-header-after',
      'post-sts-token/post-sts-header-before',
      'post-vanilla',
      'post-vanilla-empty-query-value',
      'post-vanilla-query',
      'post-x-www-form-urlencoded',
      'post-x-www-form-urlencoded-parameters',
    ]);
  });

  it.each(suite.filter(({ name }) => ![...notSendable, ...rawPaths].includes(name)).map((one) => [one.name, one] as const))(
    '%s',
    (_name, one) => {
      expect(sign(one)).toBe(one.authorization);
    },
  );

  it.each(suite.filter(({ name }) => rawPaths.includes(name)).map((one) => [one.name, one] as const))(
    '%s, with its path encoded once',
    (_name, one) => {
      const { method, path: rawPath, headers } = one.request;
      const signed = aws4.sign(
        { method, path: rawPath, headers: joined(headers), region: 'us-east-1', service: 'service', doNotEncodePath: true },
        { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
      );
      expect(signed.headers?.['Authorization']).toBe(one.authorization);
    },
  );

  it('differs in nothing but the folded header and the raw paths', () => {
    const differing = suite.filter((one) => sign(one) !== one.authorization).map(({ name }) => name);
    expect(differing).toEqual(['get-header-value-multiline', 'get-utf8', 'normalize-path/get-space']);
  });
});

const credentials = { apiKey: 'key-1', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-1' };
const body = new TextEncoder().encode('[{"metrictype":"wetter","ort":"Zürich"}]');
const request = {
  method: 'PUT',
  origin: 'http://127.0.0.1:8080',
  path: '/prefix/batch/v1/batch/upload/data/M%C3%A4rz%20%281%29.csv',
  body,
} as const;
const nowMs = Date.UTC(2024, 1, 29, 23, 59, 59, 999);

const signedNames = (authorization: string | undefined): readonly string[] =>
  /SignedHeaders=([^,]+)/.exec(authorization ?? '')?.[1]?.split(';') ?? [];

describe('a signed request', () => {
  it('is signed over host, date, API key, body and its type', () => {
    const signed = signRequest(request, { credentials, region: 'us-east-1', nowMs });
    expect(signedNames(signed.headers['authorization'])).toEqual([
      'content-type',
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-api-key',
    ]);
    expect(signed.headers).toMatchObject({
      host: '127.0.0.1:8080',
      'x-amz-date': '20240229T235959Z',
      'content-length': String(body.byteLength),
    });
    expect(signed.headers['x-amz-content-sha256']).toBe(digestOf(body));
    expect(signed.path).toBe(request.path);
  });

  it('carries and signs the token of temporary credentials', () => {
    const signed = signRequest(request, { credentials: { ...credentials, sessionToken: 'token-1' }, region: 'us-east-1', nowMs });
    expect(signed.headers['x-amz-security-token']).toBe('token-1');
    expect(signedNames(signed.headers['authorization'])).toContain('x-amz-security-token');
  });

  it('has another signature for another body, time, path or key', () => {
    const base = { credentials, region: 'us-east-1', nowMs };
    const signatures = [
      signRequest(request, base),
      signRequest({ ...request, body: new TextEncoder().encode('[]') }, base),
      signRequest({ ...request, path: '/other' }, base),
      signRequest(request, { ...base, nowMs: nowMs + 1 }),
      signRequest(request, { ...base, credentials: { ...credentials, apiKey: 'key-2' } }),
      signRequest(request, { ...base, credentials: { ...credentials, secretAccessKey: 'secret-2' } }),
    ].map(({ headers }) => headers['authorization']);
    expect(new Set(signatures).size).toBe(signatures.length);
  });

  it('names the operation of a managed stream, and keeps the key of the service to itself', () => {
    const aws = { service: 'kinesis', target: 'Kinesis_20131202.PutRecords' };
    const { headers } = signRequest({ ...request, aws }, { credentials, region: 'us-east-1', nowMs });
    expect(headers).toMatchObject({ 'x-amz-target': aws.target, 'content-type': 'application/x-amz-json-1.1' });
    expect(headers['authorization']).toMatch(
      /\/us-east-1\/kinesis\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target,/,
    );
    expect(JSON.stringify(headers)).not.toContain(credentials.apiKey);
  });

  it('takes a digest that is known instead of hashing the body again', () => {
    const base = { credentials, region: 'us-east-1', nowMs };
    expect(signRequest({ ...request, bodyDigest: digestOf(body) }, base)).toEqual({ ...signRequest(request, base) });
  });
});

const recompute = `
import json, sys, datetime
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
given = json.load(sys.stdin)
signer = SigV4Auth(Credentials('AKIDEXAMPLE', 'secret-1', given['token']), given['service'], 'us-east-1')
request = AWSRequest(method=given['method'], url=given['url'], data=given['body'].encode('utf8'), headers=given['headers'])
request.context['timestamp'] = given['headers']['x-amz-date']
headers = signer.headers_to_sign(request)
canonical = signer.canonical_request(request)
signature = signer.signature(signer.string_to_sign(request, canonical), request)
print('AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s' % (signer.scope(request), signer.signed_headers(headers), signature))
`;

describe('botocore', () => {
  const hasBotocore = spawnSync('python3', ['-c', 'import botocore'], { timeout: 20_000 }).status === 0;
  const cases = [
    { title: 'plain', sessionToken: undefined, requestPath: request.path },
    { title: 'with a session token', sessionToken: 'token/+=1', requestPath: request.path },
    {
      title: 'for Kinesis',
      sessionToken: 'token/+=1',
      requestPath: '/',
      aws: { service: 'kinesis', target: 'Kinesis_20131202.PutRecords' },
    },
    {
      title: 'for Firehose',
      sessionToken: undefined,
      requestPath: '/',
      aws: { service: 'firehose', target: 'Firehose_20150804.PutRecordBatch' },
    },
    { title: 'with a query', sessionToken: undefined, requestPath: '/schema/v1/schema/metric?metricName=a%20b%2Fc&x=%C3%BC' },
  ];

  it.for(cases)('computes the same signature: $title', { timeout: 60_000 }, ({ sessionToken, requestPath, aws }, ctx) => {
    if (!hasBotocore) ctx.skip('python3 with botocore is not installed');
    const signed = signRequest(
      { ...request, path: requestPath, aws },
      { credentials: { ...credentials, sessionToken }, region: 'us-east-1', nowMs },
    );
    const unsigned = new Set(['authorization', 'accept', 'content-length']);
    const headers = Object.fromEntries(Object.entries(signed.headers).filter(([name]) => !unsigned.has(name)));
    const given = {
      method: signed.method,
      url: signed.origin + signed.path,
      body: Buffer.from(body).toString('utf8'),
      headers,
      token: sessionToken ?? null,
      service: aws?.service ?? 'execute-api',
    };
    const result = spawnSync('python3', ['-c', recompute], { input: JSON.stringify(given), encoding: 'utf8', timeout: 30_000 });
    expect(result.stderr).toBe('');
    expect(result.stdout.trim()).toBe(signed.headers['authorization']);
  });
});
