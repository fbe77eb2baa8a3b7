/** The connection test: each part by itself, with requests that store nothing. */
import { randomUUID } from 'node:crypto';
import type { ConnectionCheck } from '../../../shared/contract/connections.ts';
import type { ErrorCode } from '../../../shared/error-codes.ts';
import { failure } from '../errors.ts';
import type { Attempt, Credentials, Endpoint, Verdict } from '../model.ts';
import type { CredentialSource } from '../ports.ts';
import { hideSecrets } from './answer-text.ts';
import { ask, type AskPorts, type Question } from './ask.ts';
import { classify, type About } from './classify.ts';

export interface CheckPorts extends AskPorts {
  readonly credentials: CredentialSource;
  readonly signal?: AbortSignal | undefined;
}

/** Requests are signed for a quarter of an hour around the service's time; a clock this far off is worth a word before that. */
const maxSkewMs = 60_000;

type Part = ConnectionCheck['part'];
const passed = (part: Part, detail: string): ConnectionCheck => ({ part, outcome: 'passed', detail });
const skipped = (part: Part, detail: string): ConnectionCheck => ({ part, outcome: 'skipped', detail });
const failed = (part: Part, code: ErrorCode, message: string, detail: string): ConnectionCheck => ({
  part,
  outcome: 'failed',
  failure: failure(code, message),
  detail,
});

interface Probe {
  readonly part: 'streamPermission' | 'batchPermission' | 'schemaPermission';
  readonly operation: About['operation'];
  readonly question: Omit<Question, 'skewMs' | 'signal'>;
  /** Statuses that only come once the API has let the request in. */
  readonly granted: (status: number) => boolean;
  readonly allowed: string;
  readonly denied: string;
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const probes = (): readonly Probe[] => [
  {
    part: 'streamPermission',
    operation: 'stream-events',
    // No event at all: the service checks who asks before it refuses, or takes, nothing.
    question: { api: 'stream', method: 'PUT', path: '/stream/events', body: new TextEncoder().encode('[]') },
    granted: (status) => isSuccess(status) || status === 400 || status === 422,
    allowed: 'these credentials may send by the stream route',
    denied: 'these credentials may not send by the stream route',
  },
  {
    part: 'batchPermission',
    operation: 'batch-status',
    question: { api: 'batch', method: 'GET', path: `/batch/status/connection-test-${randomUUID()}` },
    granted: (status) => isSuccess(status) || status === 404 || status === 400,
    allowed: 'these credentials may use the batch route',
    denied: 'these credentials may not use the batch route; device keys may only use the stream route',
  },
  {
    part: 'schemaPermission',
    operation: 'schema',
    question: { api: 'schema', method: 'GET', path: '/schema' },
    granted: isSuccess,
    allowed: 'these credentials may read the schema',
    denied: 'these credentials may not read the schema; device keys may not, and need not to send',
  },
];

interface Result {
  readonly probe: Probe;
  readonly attempt: Attempt;
  /** `granted`: the API let the request in. */
  readonly verdict: Verdict | 'granted';
}

async function tryProbe(probe: Probe, skewMs: number, endpoint: Endpoint, credentials: Credentials, ports: CheckPorts): Promise<Result> {
  const attempt = hideSecrets(await ask(endpoint, credentials, { ...probe.question, skewMs, signal: ports.signal }, ports), credentials);
  if (attempt.kind === 'answered' && probe.granted(attempt.status)) return { probe, attempt, verdict: 'granted' };
  const about = { operation: probe.operation, eventCount: 0, attemptNumber: 1, nowMs: ports.clock.now() };
  return { probe, attempt, verdict: classify(attempt, about) };
}

function checkClock(attempt: Extract<Attempt, { kind: 'answered' }>, verdict: Result['verdict'], nowMs: number): ConnectionCheck {
  const date = Date.parse(attempt.headers['date'] ?? '');
  const skewMs = verdict !== 'granted' && verdict.kind === 'skewed' ? verdict.offsetMs : Number.isNaN(date) ? undefined : date - nowMs;
  if (skewMs === undefined) return skipped('clock', 'the service did not say what time it is');
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= maxSkewMs) return passed('clock', `the clocks differ by ${String(seconds)} seconds`);
  const direction = skewMs > 0 ? 'behind' : 'ahead of';
  return failed(
    'clock',
    'clock-skewed',
    `the clock of this computer is ${String(seconds)} seconds ${direction} the service’s`,
    'requests are signed with the service’s time',
  );
}

const isPause = (result: Result, code: string): boolean =>
  result.verdict !== 'granted' && result.verdict.kind === 'pause' && result.verdict.code === code;
const messageIn = (result: Result | undefined): string =>
  result !== undefined && result.verdict !== 'granted' && 'message' in result.verdict ? result.verdict.message : '';

function checkApiKey(results: readonly Result[]): ConnectionCheck {
  const refused = results.find((result) => isPause(result, 'api-key-refused'));
  if (refused !== undefined) return failed('apiKey', 'api-key-refused', 'the service does not take this API key', messageIn(refused));
  if (results.some(({ verdict }) => verdict === 'granted')) return passed('apiKey', 'the service takes this API key');
  return skipped('apiKey', 'no request came far enough to tell');
}

function checkSignature(results: readonly Result[]): ConnectionCheck {
  const refused = results.find((result) => isPause(result, 'credentials-refused'));
  if (refused !== undefined) {
    return failed('signature', 'credentials-refused', 'the service does not take these credentials', messageIn(refused));
  }
  const late = results.find(({ verdict }) => verdict !== 'granted' && verdict.kind === 'skewed');
  if (late !== undefined)
    return failed('signature', 'clock-skewed', 'the service takes the signature for too old or too new', messageIn(late));
  if (results.some(({ verdict }) => verdict === 'granted')) return passed('signature', 'the service takes these credentials');
  return skipped('signature', 'no request came far enough to tell');
}

function checkPermission({ probe, verdict }: Result): ConnectionCheck {
  if (verdict === 'granted') return passed(probe.part, probe.allowed);
  switch (verdict.kind) {
    case 'pause':
      return verdict.code === 'permission-denied'
        ? failed(probe.part, 'permission-denied', probe.denied, verdict.message)
        : skipped(probe.part, 'cannot be told before API key and signature are taken');
    case 'skewed':
      return skipped(probe.part, 'cannot be told before the clocks agree');
    case 'retry':
      return failed(probe.part, verdict.code, verdict.message, `no answer that tells: ${verdict.message}`);
    case 'refused':
      return failed(probe.part, 'server-failing', verdict.message, 'an answer that the service does not give to this request');
    case 'accepted':
    case 'partial':
      return passed(probe.part, probe.allowed);
  }
}

const allParts: readonly Part[] = ['reachable', 'clock', 'apiKey', 'signature', 'streamPermission', 'batchPermission', 'schemaPermission'];
const skipRest = (from: number, detail: string): ConnectionCheck[] => allParts.slice(from).map((part) => skipped(part, detail));

/** In the order of `ConnectionCheck.part`. With a clock that is wrong, the other parts are tested with the service's time. */
export async function checkConnection(endpoint: Endpoint, connectionId: string, ports: CheckPorts): Promise<ConnectionCheck[]> {
  const credentials = await ports.credentials.get(connectionId);
  if (credentials === undefined) {
    const message = 'no API key and credentials are saved for this connection';
    return [
      skipped('reachable', message),
      skipped('clock', message),
      failed('apiKey', 'credentials-missing', message, message),
      ...skipRest(3, message),
    ];
  }
  const [stream, ...others] = probes();
  if (stream === undefined) return [];
  let first = await tryProbe(stream, 0, endpoint, credentials, ports);
  if (first.attempt.kind === 'unanswered') {
    const message = messageIn(first);
    const code = first.attempt.timedOut ? 'server-timeout' : 'server-unreachable';
    return [failed('reachable', code, `${endpoint.root} does not answer`, message), ...skipRest(1, 'the service was not reached')];
  }
  const clock = checkClock(first.attempt, first.verdict, ports.clock.now());
  const skewMs = first.verdict !== 'granted' && first.verdict.kind === 'skewed' ? first.verdict.offsetMs : 0;
  if (skewMs !== 0) first = await tryProbe(stream, skewMs, endpoint, credentials, ports);
  const results = [first, ...(await Promise.all(others.map((probe) => tryProbe(probe, skewMs, endpoint, credentials, ports))))];
  return [
    passed('reachable', `${endpoint.root} answers`),
    clock,
    checkApiKey(results),
    checkSignature(results),
    ...results.map(checkPermission),
  ];
}
