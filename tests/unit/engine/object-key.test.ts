import { describe, expect, it } from 'vitest';
import { mappingSchema, type MappingInput } from '../../../shared/contract/mapping.ts';
import { isReadAsMapped } from '../../../electron/engine/object-form.ts';
import { objectDigest, objectKey, objectStem, objectTargetOf, objectVersion } from '../../../electron/engine/object-key.ts';
import { asJsonLines } from '../../../electron/engine/object-source.ts';
import { inspection } from '../../fakes/upload-records.ts';

const key = (path: string, more: Partial<Parameters<typeof objectKey>[0]> = {}): string =>
  objectKey({ prefix: 'a/b', path, version: 'v1', format: 'csv', gzip: true, ...more });

describe('the key of an object', () => {
  it('says where the file lies, and ends as the service needs it', () => {
    expect(key('/data/plant/log.csv')).toBe('a/b/plant/log-v1.csv.gz');
    expect(key('/data/plant/log.csv.gz')).toBe('a/b/plant/log-v1.csv.gz');
    expect(key('/data/plant/log.ndjson', { format: 'json', gzip: false })).toBe('a/b/plant/log-v1.json');
    expect(key('/log.2024.csv', { prefix: '' })).toBe('log.2024-v1.csv.gz');
  });

  it('takes names in any script, composed the same way on every system', () => {
    expect(key('/über/日本.csv')).toBe('a/b/über/日本-v1.csv.gz');
    expect(key('/u\u0308ber/x.csv')).toBe(key('/über/x.csv'));
  });

  it('holds nothing that could not be an address: control characters, halves of characters, ways up', () => {
    expect(key('/d/a\nb\ud800.csv', { prefix: '../x' })).toBe('x/d/a_b_-v1.csv.gz');
    expect(Buffer.byteLength(key(`/${'😀'.repeat(255)}/${'x'.repeat(255)}.csv`))).toBeLessThanOrEqual(1_024);
  });

  it('is another one for another bucket, mapping or computer, and the same in each run', () => {
    const target = objectTargetOf({ name: 'Plant', region: 'eu-west-1', objectStore: { bucket: 'rows', prefix: 'p', gzipLevel: 3 } });
    const one = objectDigest('m', target, 'host');
    expect(objectDigest('m', { ...target, gzipLevel: 9 }, 'host')).toBe(one);
    const others = [
      objectDigest('other', target, 'host'),
      objectDigest('m', target, 'elsewhere'),
      objectDigest('m', { ...target, bucket: 'others' }, 'host'),
      // The service has not received what only lies in the bucket.
      objectDigest('m', { ...target, reference: false }, 'host'),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });

  it('stands for the same rows in every form, and for other rows where they go to another metric type', () => {
    const target = objectTargetOf({ name: 'Plant', region: 'eu-west-1', objectStore: { bucket: 'rows', prefix: 'p', gzipLevel: 3 } });
    const version = (mapping: MappingInput, change: Partial<typeof target> = {}): string =>
      objectVersion({ path: '/d/x.csv', mapping: mappingSchema.parse(mapping) }, { ...target, ...change }, 'host');
    const one = version({});
    expect(version({ nullTokens: ['NA'], rename: { a: 'b' } }, { gzipLevel: 0, objectMb: 5 })).toBe(one);
    expect(version({ metricType: { kind: 'constant', value: 'weather' } })).not.toBe(one);
    expect(version({}, { bucket: 'others' })).not.toBe(one);
    const stems = ['a/x-0a.csv.gz', 'a/x-0a.json', 'a/x-0a-00012.csv.gz'].map(objectStem);
    expect(new Set(stems)).toEqual(new Set(['a/x-0a']));
  });

  it('needs a bucket, which one upload may name in place of the connection', () => {
    expect(() => objectTargetOf({ name: 'Plant', region: 'eu-west-1' })).toThrow('no bucket is set for the connection Plant');
    const target = objectTargetOf({ name: 'Plant', region: 'eu-west-1' }, { bucket: 'mine', gzipLevel: 0 });
    expect(target).toMatchObject({ bucket: 'mine', region: 'eu-west-1', gzipLevel: 0, reference: true, untouched: false });
  });
});

describe('a file goes as it is', () => {
  const asIs = (mapping: MappingInput = {}, format: Partial<ReturnType<typeof inspection>['format']> = {}): boolean => {
    const { format: found } = inspection('/x.csv');
    return isReadAsMapped(mappingSchema.parse(mapping), { format: { ...found, ...format } });
  };

  it('when the service would read it as the mapping says', () => {
    expect(asIs()).toBe(true);
    expect(asIs({}, { kind: 'ndjson', delimiter: undefined })).toBe(true);
    expect(asIs({}, { newline: 'crlf', gzip: true })).toBe(true);
  });

  it.each<[string, MappingInput]>([
    ['a renamed column', { rename: { a: 'b' } }],
    ['a dropped column', { drop: ['a'] }],
    ['a constant', { constants: { a: 1 } }],
    ['another metric type', { metricType: { kind: 'constant', value: 'weather' } }],
    ['a time to be parsed', { timestamp: { column: 'timestamp', patterns: ['ISO_INSTANT'] } }],
    ['another column of time', { timestamp: { column: 'date' } }],
    ['a time in seconds', { timestamp: { column: 'timestamp', unit: 's' } }],
    ['a time of two columns', { timestamp: { column: 'timestamp', columns: ['timestamp', 'clock'] } }],
    ['texts that mean no value', { nullTokens: ['NA'] }],
    ['commas in numbers', { decimalComma: true }],
    ['values that have to be of a type', { types: { a: 'number' } }],
    ['numbers that have to be numbers', { numbers: 'number' }],
    ['other names of columns', { format: { columns: ['timestamp', 'metrictype'] } }],
  ])('but not with %s', (_, mapping) => {
    expect(asIs(mapping)).toBe(false);
  });

  it('but not as a CSV of another dialect or in another encoding', () => {
    expect(asIs({}, { delimiter: ';' })).toBe(false);
    expect(asIs({}, { quote: "'" })).toBe(false);
    expect(asIs({}, { header: false })).toBe(false);
    expect(asIs({}, { encoding: 'windows-1252' })).toBe(false);
    expect(asIs({}, { newline: 'cr' })).toBe(false);
  });
});

describe('the events of a body', () => {
  it('become JSON lines in the same memory', () => {
    const bytes = Buffer.from('[{"a":1},{"b":"x,y"}]');
    const lines = asJsonLines({ bytes, starts: Uint32Array.of(1, 9, 21), rows: Float64Array.of(0, 1) });
    expect(Buffer.from(lines).toString()).toBe('{"a":1}\n{"b":"x,y"}\n');
    expect(asJsonLines({ bytes: Buffer.from('[]'), starts: Uint32Array.of(2), rows: Float64Array.of() })).toHaveLength(0);
  });
});
