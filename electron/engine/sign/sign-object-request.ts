/** AWS Signature Version 4 as S3 and what speaks its language want it. Source: Amazon S3 API Reference, "Authenticating Requests". */
import type { ObjectCredentials, SignedRequest, UnsignedObjectRequest } from '../model.ts';
import { amzDate, authorize, digestOf } from './sign-request.ts';

export interface SignObjectOptions {
  readonly credentials: ObjectCredentials;
  readonly region: string;
  /** The time to sign with, milliseconds since 1970: the clock's, corrected by what is known of its skew. */
  readonly nowMs: number;
}

/** Signs host, date, the digest of the body, the session token where there is one, and every header of the request. */
export function signObjectRequest(request: UnsignedObjectRequest, options: SignObjectOptions): SignedRequest {
  const { credentials, region, nowMs } = options;
  const toSign: Record<string, string> = {
    ...request.headers,
    host: new URL(request.origin).host,
    'x-amz-date': amzDate(nowMs),
    'x-amz-content-sha256': request.bodyDigest ?? digestOf(request.body ?? new Uint8Array()),
  };
  if (credentials.sessionToken !== undefined) toSign['x-amz-security-token'] = credentials.sessionToken;
  const { authorization, path } = authorize(
    { method: request.method, path: request.path, headers: toSign },
    { credentials, region, service: 's3' },
  );
  const length = request.body?.byteLength ?? (request.method === 'PUT' || request.method === 'POST' ? 0 : undefined);
  return {
    method: request.method,
    origin: request.origin,
    path,
    headers: { ...toSign, authorization, ...(length === undefined ? {} : { 'content-length': String(length) }) },
    body: request.body,
  };
}
