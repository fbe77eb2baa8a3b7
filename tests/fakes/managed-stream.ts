/**
 * Kinesis Data Streams and Amazon Data Firehose as far as writing goes, written from their API references: signatures, headers,
 * limits and formats are checked, and records fail one by one as a test says.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { verifySignature } from '../../electron/sandbox/signature.ts';
import type { DirectRoute } from '../../shared/model/route.ts';

export interface StoredRecord {
  readonly data: string;
  /** Empty by Firehose, which has none. */
  readonly partitionKey: string;
}

export interface StreamError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** What becomes of a request, or of single records of it. */
export interface StreamScript {
  /** Before anything is stored. */
  onRequest?: (records: readonly StoredRecord[], request: number) => StreamError | undefined;
  /** Code of the failure of a record. */
  onRecord?: (record: StoredRecord, request: number) => string | undefined;
  /** Milliseconds until the answer leaves, after the records were stored. */
  delayMs?: number;
}

export interface ManagedStream {
  readonly endpoint: string;
  readonly name: string;
  readonly env: Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
  /** What was taken, in the order it came. */
  readonly records: readonly StoredRecord[];
  /** Records of each request that was in order, those that failed among them. */
  readonly requests: readonly number[];
  script: StreamScript;
  /** Called after each request was stored. */
  onStored: () => void;
  stop(): Promise<void>;
}

const region = 'eu-central-1';
const accessKeyId = 'AKIDSTREAM';
const secretAccessKey = 'secret/of+the+stream';

const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
const forms = {
  kinesis: {
    target: 'Kinesis_20131202.PutRecords',
    body: z
      .strictObject({
        StreamName: z.string(),
        Records: z.array(z.strictObject({ Data: base64, PartitionKey: z.string().min(1).max(256) })).min(1),
      })
      .transform(({ StreamName, Records }) => ({
        name: StreamName,
        records: Records.map(({ Data, PartitionKey }) => ({ data: decoded(Data), partitionKey: PartitionKey })),
      })),
    mostBytes: 5 * 1024 * 1024,
    mostRecordBytes: 1024 * 1024,
    answer: (codes: readonly (string | undefined)[]) => ({
      FailedRecordCount: codes.filter((code) => code !== undefined).length,
      Records: codes.map((code, index) =>
        code === undefined
          ? { SequenceNumber: String(index), ShardId: 'shardId-000000000000' }
          : { ErrorCode: code, ErrorMessage: 'it failed' },
      ),
    }),
  },
  firehose: {
    target: 'Firehose_20150804.PutRecordBatch',
    body: z
      .strictObject({ DeliveryStreamName: z.string(), Records: z.array(z.strictObject({ Data: base64 })).min(1) })
      .transform(({ DeliveryStreamName, Records }) => ({
        name: DeliveryStreamName,
        records: Records.map(({ Data }) => ({ data: decoded(Data), partitionKey: '' })),
      })),
    mostBytes: 4 * 1024 * 1024,
    mostRecordBytes: 1000 * 1024,
    answer: (codes: readonly (string | undefined)[]) => ({
      FailedPutCount: codes.filter((code) => code !== undefined).length,
      Encrypted: false,
      RequestResponses: codes.map((code, index) =>
        code === undefined ? { RecordId: String(index) } : { ErrorCode: code, ErrorMessage: 'it failed' },
      ),
    }),
  },
} as const;

const decoded = (data: string): string => Buffer.from(data, 'base64').toString('utf8');
const mostRecords = 500;

const refused = (type: string, message: string, status = 400): StreamError => ({ status, type, message });

/** Starts one stream of that name. */
export async function startManagedStream(route: DirectRoute, name: string): Promise<ManagedStream> {
  const form = forms[route];
  const records: StoredRecord[] = [];
  const requests: number[] = [];

  const wrongIn = (request: IncomingMessage, body: Buffer): StreamError | undefined => {
    const verdict = verifySignature({
      ...{ method: request.method ?? '', rawPath: request.url ?? '', body, service: route, region, nowMs: Date.now() },
      headers: request.rawHeaders.flatMap((text, at, all) => (at % 2 === 0 ? [[text, all[at + 1] ?? ''] as const] : [])),
      credentialsFor: (id) => (id === accessKeyId ? { secretAccessKey } : undefined),
      options: { signedWhenPresent: ['content-type', 'x-amz-target', 'x-amz-security-token'] },
    });
    if (verdict.kind === 'refused') return refused(verdict.errorType, verdict.message);
    if (request.method !== 'POST' || request.url !== '/') return refused('UnknownOperationException', '', 404);
    if (request.headers['x-amz-target'] !== form.target) return refused('UnknownOperationException', 'another operation');
    if (request.headers['content-type'] !== 'application/x-amz-json-1.1') return refused('SerializationException', 'another content type');
    if ('x-api-key' in request.headers) return refused('SerializationException', 'the key of another service');
    return undefined;
  };

  const wrongOf = (given: { readonly name: string; readonly records: readonly StoredRecord[] }): StreamError | undefined => {
    if (given.name !== name) return refused('ResourceNotFoundException', `Stream ${given.name} under account 1 not found.`);
    const sizes = given.records.map(({ data, partitionKey }) => Buffer.byteLength(data) + Buffer.byteLength(partitionKey));
    if (sizes.length > mostRecords) return refused('ValidationException', 'Member must have length less than or equal to 500');
    if (sizes.some((size) => size > form.mostRecordBytes)) return refused('InvalidArgumentException', 'a record is too large');
    if (sizes.reduce((sum, size) => sum + size, 0) > form.mostBytes) return refused('InvalidArgumentException', 'the request is too large');
    return undefined;
  };

  const stream = {
    ...{ name, records, requests, script: {} as StreamScript, onStored: (): void => undefined },
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };

  const take = (request: IncomingMessage, body: Buffer): StreamError | object => {
    const wrong = wrongIn(request, body);
    if (wrong !== undefined) return wrong;
    const parsed = form.body.safeParse(JSON.parse(body.toString('utf8')));
    if (!parsed.success) return refused('SerializationException', parsed.error.message);
    const scripted = wrongOf(parsed.data) ?? stream.script.onRequest?.(parsed.data.records, requests.length);
    if (scripted !== undefined) return scripted;
    const codes = parsed.data.records.map((record) => stream.script.onRecord?.(record, requests.length));
    requests.push(codes.length);
    records.push(...parsed.data.records.filter((_, index) => codes[index] === undefined));
    stream.onStored();
    return form.answer(codes);
  };

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const answer = take(request, Buffer.concat(parts));
      setTimeout(() => answerWith(response, answer, route), stream.script.delayMs ?? 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(stream, {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function answerWith(response: ServerResponse, answer: StreamError | object, route: DirectRoute): void {
  const isError = 'status' in answer;
  const body = isError ? { __type: `com.amazonaws.${route}#${answer.type}`, message: answer.message } : answer;
  response.writeHead(isError ? answer.status : 200, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r-1' });
  response.end(JSON.stringify(body));
}
