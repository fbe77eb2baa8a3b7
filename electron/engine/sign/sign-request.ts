/** AWS Signature Version 4 in its header form. Source: fineo-api.md, "Hosts, paths, authentication". */
import { createHash } from 'node:crypto';
import aws4 from 'aws4';
import type { Credentials, SignedRequest, UnsignedRequest } from '../model.ts';

export interface SignOptions {
  readonly credentials: Credentials;
  readonly region: string;
  /** `execute-api` when absent: API Gateway. */
  readonly service?: string | undefined;
  /** The time to sign with, milliseconds since 1970: the clock's, corrected by what is known of its skew. */
  readonly nowMs: number;
}

/** SHA-256 as hex. A body is hashed once, however often it is sent. */
export const digestOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

export interface AuthorizeParts {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** All of them are signed; `host` and `x-amz-date` have to be there. */
  readonly headers: Readonly<Record<string, string>>;
  /** Needed only where `x-amz-content-sha256` is not among the headers. */
  readonly body?: string | undefined;
}

/** The value of the Authorization header, and the path as it was signed: that is the one to send. */
export function authorize(
  parts: AuthorizeParts,
  options: Omit<SignOptions, 'nowMs' | 'credentials'> & { readonly credentials: Pick<Credentials, 'accessKeyId' | 'secretAccessKey'> },
): { readonly authorization: string; readonly path: string } {
  const request = {
    method: parts.method,
    path: parts.path,
    headers: { ...parts.headers },
    service: options.service ?? 'execute-api',
    region: options.region,
    ...(parts.body === undefined || parts.body === '' ? {} : { body: parts.body }),
    // aws4 adds the length of a body; proxies may change how a body is framed, so the signature does not speak of it.
    extraHeadersToIgnore: { 'content-length': true },
  };
  const signed = aws4.sign(request, {
    accessKeyId: options.credentials.accessKeyId,
    secretAccessKey: options.credentials.secretAccessKey,
  });
  const authorization: unknown = signed.headers?.['Authorization'];
  if (typeof authorization !== 'string') throw new Error('the signer gave no Authorization header');
  return { authorization, path: signed.path ?? parts.path };
}

export const amzDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * Signs host, date, API key, body digest, and content type and session token where there are such; for a managed stream no API key,
 * but the operation. Source of that: "AWS JSON 1.1 protocol".
 */
export function signRequest(request: UnsignedRequest, options: SignOptions): SignedRequest {
  const { credentials } = options;
  const toSign: Record<string, string> = {
    host: new URL(request.origin).host,
    'x-amz-date': amzDate(options.nowMs),
    ...(request.aws === undefined ? { 'x-api-key': credentials.apiKey } : { 'x-amz-target': request.aws.target }),
    // Given as a header, aws4 takes it for the canonical request and does not hash the body again.
    'x-amz-content-sha256': request.bodyDigest ?? digestOf(request.body ?? new Uint8Array()),
  };
  const contentType = request.aws === undefined ? 'application/json' : 'application/x-amz-json-1.1';
  if (request.body !== undefined) toSign['content-type'] = contentType;
  if (credentials.sessionToken !== undefined) toSign['x-amz-security-token'] = credentials.sessionToken;
  const { authorization, path } = authorize(
    { method: request.method, path: request.path, headers: toSign },
    { ...options, service: request.aws?.service ?? options.service },
  );
  return {
    method: request.method,
    origin: request.origin,
    path,
    headers: {
      ...toSign,
      accept: 'application/json',
      authorization,
      ...(request.body === undefined ? {} : { 'content-length': String(request.body.byteLength) }),
    },
    body: request.body,
  };
}
