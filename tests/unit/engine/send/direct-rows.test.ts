import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directRows, partitionKeyOf } from '../../../../electron/engine/send/direct-rows.ts';
import { limitsSchema } from '../../../../shared/contract/connections.ts';
import type { DirectTarget } from '../../../../shared/contract/direct-stream.ts';
import type { DirectRoute } from '../../../../shared/model/route.ts';
import { payloadOf } from './payloads.ts';

const target: DirectTarget = { name: 'plant', region: 'eu-central-1' };
const by = (route: DirectRoute, more: Partial<DirectTarget> = {}, field?: string) =>
  directRows(route, { ...target, ...more }, limitsSchema.parse({}), field);
const bodyOf = (body: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(body ?? new Uint8Array()).toString('utf8'));
const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const events = [{ machine: 'm1', ü: '日本' }, { machine: 2 }];

describe('a request to a managed stream', () => {
  it('has one record for each row, with a key by Kinesis and a line end by Firehose', () => {
    const payload = payloadOf(events, [7, 9]);
    const kinesis = by('kinesis').requestFor('unused', payload);
    expect(kinesis).toMatchObject({ method: 'POST', path: '/', aws: { service: 'kinesis', target: 'Kinesis_20131202.PutRecords' } });
    expect(bodyOf(kinesis.body)).toEqual({
      StreamName: 'plant',
      Records: [
        { Data: encoded('{"machine":"m1","ü":"日本"}'), PartitionKey: '7' },
        { Data: encoded('{"machine":2}'), PartitionKey: '9' },
      ],
    });
    const firehose = by('firehose').requestFor('unused', payload);
    expect(firehose.aws).toEqual({ service: 'firehose', target: 'Firehose_20150804.PutRecordBatch' });
    expect(bodyOf(firehose.body)).toEqual({
      DeliveryStreamName: 'plant',
      Records: [{ Data: encoded('{"machine":"m1","ü":"日本"}\n') }, { Data: encoded('{"machine":2}\n') }],
    });
    expect(payload).toEqual(payloadOf(events, [7, 9]));
  });

  it('goes to the region, or where it is told', () => {
    const originOf = (route: DirectRoute, more: Partial<DirectTarget>) => by(route, more).requestFor('', payloadOf(events)).origin;
    expect(originOf('kinesis', {})).toBe('https://kinesis.eu-central-1.amazonaws.com');
    expect(originOf('firehose', { region: 'cn-north-1' })).toBe('https://firehose.cn-north-1.amazonaws.com.cn');
    expect(originOf('kinesis', { endpoint: 'http://127.0.0.1:4567' })).toBe('http://127.0.0.1:4567');
  });

  it('stays below what a stream takes, whatever its keys are', () => {
    const { maxEvents, maxBytes, maxEventBytes } = by('kinesis').limits;
    expect(maxEvents).toBe(500);
    expect(maxBytes + maxEvents * 256 * 3).toBeLessThanOrEqual(5_000_000);
    expect(maxEventBytes + 256 * 3).toBeLessThanOrEqual(1_048_576);
    expect(by('firehose').limits.maxBytes).toBeLessThanOrEqual(4_194_304);
    expect(by('firehose').isIdempotent).toBe(false);
  });
});

describe('a partition key', () => {
  it('is the value of the field, or the number of the row where there is none that could be one', () => {
    expect(partitionKeyOf('{"a":"x","b":1.5,"c":null,"d":""}', 3, 'a')).toBe('x');
    expect(partitionKeyOf('{"a":"x","b":1.5}', 3, 'b')).toBe('1.5');
    for (const field of ['c', 'd', 'toString', undefined]) expect(partitionKeyOf('{"c":null,"d":""}', 3, field)).toBe('3');
  });

  it('is always one that Kinesis takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat(), (text, row) => {
        const key = partitionKeyOf(JSON.stringify({ text }), row, 'text');
        expect(key.length).toBeGreaterThan(0);
        expect(key.length).toBeLessThanOrEqual(256);
        expect(Buffer.from(key, 'utf8').toString('utf8')).toBe(key);
      }),
    );
  });
});
