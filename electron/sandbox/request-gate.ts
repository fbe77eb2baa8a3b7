/** Who may pass: signature, API key, permission and rate, in the order of the gateway. */
import type { IncomingMessage } from 'node:http';
import { apiKeyRefused, gatewayError, notAuthorized, tooManyRequests, type Answer } from './answers.ts';
import type { HeaderPairs } from './canonical-request.ts';
import type { Api, Operation } from './operations.ts';
import { sameText, verifySignature } from './signature.ts';

export const region = 'us-east-1';

/** A key pair the sandbox knows. */
export interface SandboxCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials: must come along. */
  readonly sessionToken?: string;
  /** A device may use the stream API alone. */
  readonly isDevice?: boolean;
}

export interface Gate {
  readonly apiKey: string;
  readonly credentials: ReadonlyMap<string, SandboxCredentials>;
  readonly takeToken: () => boolean;
}

const pairs = (rawHeaders: readonly string[]): HeaderPairs =>
  Array.from({ length: rawHeaders.length / 2 }, (_, index) => [rawHeaders[index * 2] ?? '', rawHeaders[index * 2 + 1] ?? ''] as const);

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

const mayUse = (credentials: SandboxCredentials | undefined, api: Api): boolean => !credentials?.isDevice || api === 'stream';

/** The answer of the gateway when the request may not pass. */
export function refuseRequest(gate: Gate, request: IncomingMessage, body: Buffer, operation: Operation, nowMs: number): Answer | undefined {
  const rawPath = request.url ?? '/';
  const verdict = verifySignature({
    method: request.method ?? '',
    rawPath,
    headers: pairs(request.rawHeaders),
    body,
    service: 'execute-api',
    region,
    credentialsFor: (accessKeyId) => gate.credentials.get(accessKeyId),
    nowMs,
  });
  if (verdict.kind === 'refused') return gatewayError(403, verdict.message, verdict.errorType);
  if (!sameText(header(request, 'x-api-key'), gate.apiKey)) return apiKeyRefused();
  if (!mayUse(gate.credentials.get(verdict.accessKeyId), operation.api)) return notAuthorized(verdict.accessKeyId, region, rawPath);
  return operation.isWrite && !gate.takeToken() ? tooManyRequests() : undefined;
}

const isLoopbackHost = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

/** For the sandbox's own interface: no page of a browser, nobody under another name, and only with the key. */
export function refuseOwnRequest(gate: Gate, request: IncomingMessage): Answer | undefined {
  const isForeign = request.headers.origin !== undefined || !isLoopbackHost(header(request, 'host'));
  return isForeign || !sameText(header(request, 'x-api-key'), gate.apiKey) ? apiKeyRefused() : undefined;
}
