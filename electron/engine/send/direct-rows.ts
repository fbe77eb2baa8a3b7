/**
 * Rows to a managed stream, one record each. Source: Kinesis Data Streams API Reference, "PutRecords"; Amazon Data Firehose API
 * Reference, "PutRecordBatch". What a stream has taken stays: a request that is sent twice leaves its rows twice.
 */
import type { Limits } from '../../../shared/contract/connections.ts';
import type { DirectTarget } from '../../../shared/contract/direct-stream.ts';
import type { DirectRoute } from '../../../shared/model/route.ts';
import type { Payload } from '../model.ts';
import { isRecord, parseJson } from './answer-text.ts';
import { classifyDirect } from './direct-classify.ts';
import { eventBytesOf } from './payload.ts';
import type { RowAdapter } from './row-adapter.ts';

const targets: Readonly<Record<DirectRoute, string>> = {
  kinesis: 'Kinesis_20131202.PutRecords',
  firehose: 'Firehose_20150804.PutRecordBatch',
};

/** Both count the bytes before they are made base64. Of the 5 MB of Kinesis, 500 partition keys of the longest kind are kept free. */
const maxPayloadBytes: Readonly<Record<DirectRoute, number>> = { kinesis: 4_600_000, firehose: 4_000_000 };
/** Of the 1 MiB of Kinesis the partition key takes a part; Firehose takes 1,000 KiB. */
const maxRecordBytes = 1_000_000;
const mostKeyLength = 256;
const newline = 0x0a;

const originOf = (route: DirectRoute, { endpoint, region }: DirectTarget): URL =>
  new URL(endpoint ?? `https://${route}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);

/** In the memory of the payload. */
const bufferOf = ({ bytes }: Payload): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * What the shard is chosen by: the value of the field, cut to what a key may have; where there is none, the row's number, so that
 * rows are spread evenly and the same row always goes to the same shard.
 * @param field undefined: there is none for any row
 */
export function partitionKeyOf(event: string, row: number, field: string | undefined): string {
  const parsed = field === undefined ? undefined : parseJson(event);
  const value: unknown = field !== undefined && isRecord(parsed) && Object.hasOwn(parsed, field) ? parsed[field] : undefined;
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  // Half a character would be no text.
  const key = text.slice(0, mostKeyLength).replace(/[\uD800-\uDBFF]$/, '');
  return key === '' ? String(row) : key;
}

function kinesisBody(payload: Payload, { name }: DirectTarget, field: string | undefined): Buffer {
  const bytes = bufferOf(payload);
  const records = Array.from(payload.rows, (row, index) => {
    const from = payload.starts[index] ?? 0;
    const to = from + eventBytesOf(payload, index);
    const key = partitionKeyOf(field === undefined ? '' : bytes.toString('utf8', from, to), row, field);
    return `{"Data":"${bytes.toString('base64', from, to)}","PartitionKey":${JSON.stringify(key)}}`;
  });
  return Buffer.from(`{"StreamName":${JSON.stringify(name)},"Records":[${records.join(',')}]}`, 'utf8');
}

/** Firehose puts records behind one another as they are, so each brings its own line end, in place of what stands between events. */
function firehoseBody(payload: Payload, { name }: DirectTarget): Buffer {
  const lines = Buffer.from(bufferOf(payload));
  for (let index = 1; index <= payload.rows.length; index += 1) lines[(payload.starts[index] ?? 0) - 1] = newline;
  const records = Array.from(payload.rows, (_, index) => {
    const line = lines.toString('base64', payload.starts[index] ?? 0, payload.starts[index + 1] ?? 0);
    return `{"Data":"${line}"}`;
  });
  return Buffer.from(`{"DeliveryStreamName":${JSON.stringify(name)},"Records":[${records.join(',')}]}`, 'utf8');
}

/** @param field of the event, by which Kinesis chooses the shard */
export function directRows(route: DirectRoute, target: DirectTarget, limits: Limits, field: string | undefined): RowAdapter {
  const url = originOf(route, target);
  return {
    region: target.region,
    isIdempotent: false,
    limits: {
      maxEvents: limits.maxStreamEvents,
      maxBytes: maxPayloadBytes[route],
      maxEventBytes: Math.min(limits.maxEventBytes, maxRecordBytes),
    },
    requestFor: (_name, payload) => ({
      method: 'POST',
      origin: url.origin,
      path: url.pathname,
      body: route === 'kinesis' ? kinesisBody(payload, target, field) : firehoseBody(payload, target),
      aws: { service: route, target: targets[route] },
    }),
    classify: (attempt, about) => classifyDirect(route, attempt, about),
  };
}
