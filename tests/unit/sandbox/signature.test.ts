import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifySignature, type SignatureVerdict, type SignedMessage } from '../../../electron/sandbox/signature.ts';

interface Case {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly headers: [string, string][]; readonly body: string };
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly authorization: string;
}

const suite = JSON.parse(readFileSync(new URL('../../fixtures/sigv4-suite.json', import.meta.url), 'utf8')) as Case[];
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

const messageOf = ({ request, authorization }: Case): SignedMessage => {
  const sessionToken = request.headers.find(([name]) => name === 'X-Amz-Security-Token')?.[1];
  return {
    method: request.method,
    rawPath: request.path,
    headers: [...request.headers, ['Authorization', authorization]],
    body: Buffer.from(request.body),
    service: 'service',
    region: 'us-east-1',
    credentialsFor: (accessKeyId) => (accessKeyId === 'AKIDEXAMPLE' ? { secretAccessKey, sessionToken } : undefined),
    nowMs: Date.parse('2015-08-30T12:36:00Z'),
    options: { signedWhenPresent: ['x-amz-security-token'] },
  };
};

const reason = (verdict: SignatureVerdict): string => (verdict.kind === 'refused' ? verdict.errorType : verdict.kind);

describe('the published test suite of AWS Signature Version 4', () => {
  it('is there as a whole', () => expect(suite).toHaveLength(31));

  for (const entry of suite) {
    it(`verifies ${entry.name}, with the same canonical request and string to sign`, () => {
      const verdict = verifySignature(messageOf(entry));
      expect(verdict.workings?.canonicalRequest).toBe(entry.canonicalRequest);
      expect(verdict.workings?.stringToSign).toBe(entry.stringToSign);
      expect(entry.authorization).toContain(`Signature=${verdict.workings?.signature ?? '?'}`);
      expect(verdict.kind).toBe('verified');
    });

    it(`refuses ${entry.name} when anything signed was changed`, () => {
      const message = messageOf(entry);
      const changed: Readonly<Record<string, Partial<SignedMessage>>> = {
        method: { method: 'DELETE' },
        path: { rawPath: `/changed${message.rawPath}` },
        query: { rawPath: `${message.rawPath}${message.rawPath.includes('?') ? '&' : '?'}x=1` },
        body: { body: Buffer.from(`${entry.request.body} `) },
        secret: {
          credentialsFor: () => ({
            secretAccessKey: `${secretAccessKey}x`,
            sessionToken: message.credentialsFor('AKIDEXAMPLE')?.sessionToken,
          }),
        },
        header: { headers: message.headers.map(([name, value]) => [name, name === 'Host' ? 'example.com' : value] as const) },
      };
      for (const [what, change] of Object.entries(changed)) {
        expect(reason(verifySignature({ ...message, ...change })), what).toBe('InvalidSignatureException');
      }
    });
  }
});

describe('what is refused before a signature is compared', () => {
  const [first] = suite.filter(({ name }) => name === 'get-vanilla');
  if (!first) throw new Error('no case get-vanilla');
  const message = messageOf(first);
  const withAuthorization = (text: string): SignedMessage => ({
    ...message,
    headers: message.headers.map(([name, value]) => [name, name === 'Authorization' ? text : value] as const),
  });

  it('no or two Authorization headers', () => {
    expect(reason(verifySignature({ ...message, headers: first.request.headers }))).toBe('MissingAuthenticationTokenException');
    const twice = [...message.headers, ['Authorization', first.authorization] as const];
    expect(reason(verifySignature({ ...message, headers: twice }))).toBe('MissingAuthenticationTokenException');
  });

  it('another algorithm, a missing part, a scope that is none', () => {
    for (const text of [
      'Basic abc',
      first.authorization.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1'),
      first.authorization.replace(/, Signature=.*/, ''),
      first.authorization.replace(/Credential=[^,]*/, 'Credential=AKIDEXAMPLE'),
    ]) {
      expect(reason(verifySignature(withAuthorization(text))), text).toBe('IncompleteSignatureException');
    }
  });

  it('a scope of another day, region or service', () => {
    for (const [from, to] of [
      ['20150830/us', '20150831/us'],
      ['us-east-1', 'us-west-2'],
      ['/service/', '/execute-api/'],
    ] as const) {
      expect(reason(verifySignature(withAuthorization(first.authorization.replace(from, to)))), to).toBe('InvalidSignatureException');
    }
  });

  it('a clock more than five minutes off, in either direction', () => {
    const at = (offsetMs: number): string => reason(verifySignature({ ...message, nowMs: message.nowMs + offsetMs }));
    expect(at(5 * 60_000)).toBe('verified');
    expect(at(-5 * 60_000)).toBe('verified');
    expect(at(5 * 60_000 + 1_000)).toBe('InvalidSignatureException');
    expect(at(-5 * 60_000 - 1_000)).toBe('InvalidSignatureException');
  });

  it('headers that have to be signed and are not', () => {
    const unsigned = {
      ...message,
      headers: [...message.headers, ['x-api-key', 'key'] as const],
      options: { signedWhenPresent: ['x-api-key'] },
    };
    expect(verifySignature(unsigned)).toMatchObject({
      kind: 'refused',
      message: "'x-api-key' must be a 'SignedHeader' in the AWS Authorization.",
    });
    expect(reason(verifySignature(withAuthorization(first.authorization.replace('host;', ''))))).toBe('InvalidSignatureException');
  });
});
