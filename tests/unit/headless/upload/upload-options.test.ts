import { describe, expect, it } from 'vitest';
import { parseUploadOptions } from '../../../../electron/headless/upload/upload-options.ts';

const parse = (flags: unknown) => parseUploadOptions(['a.csv'], flags, { FINEO_UPLOADER_DATA_DIR: '/data' });

describe('the options of upload', () => {
  it('send by batch to the default stage and region of an address', () => {
    expect(parse({ root: 'https://api.fineo.io/' })).toMatchObject({
      route: 'batch',
      destination: { kind: 'environment', endpoint: { root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1' } },
      ...{ again: false, dryRun: false, json: false, dataDir: '/data', limits: {} },
    });
  });

  it('give the folder on the command line precedence over the environment', () => {
    expect(parse({ to: 'plant', dataDir: '/other' }).dataDir).toBe('/other');
  });

  it('pass on only the limits that were given', () => {
    expect(parse({ to: 'plant', concurrency: '8', rate: '12.5' }).limits).toEqual({ concurrentRequests: 8, requestsPerSecond: 12.5 });
  });

  it('need nothing but a stream by a direct route', () => {
    const flags = { route: 'kinesis', streamName: 'plant', streamRegion: 'eu-west-1', partitionKey: 'machine' };
    expect(parse(flags)).toMatchObject({
      destination: { kind: 'environment', endpoint: { root: 'https://kinesis.eu-west-1.amazonaws.com', region: 'eu-west-1' } },
      directStream: { name: 'plant', region: 'eu-west-1', partitionKey: 'machine' },
    });
    expect(parse({ ...flags, to: 'plant' }).destination).toEqual({ kind: 'saved', connection: 'plant' });
  });

  it.each<[RegExp, unknown]>([
    [/--to <connection> or --root/, {}],
    [/exclude each other/, { to: 'plant', root: 'https://api.fineo.io' }],
    [/--stage goes with --root/, { to: 'plant', stage: 'v2' }],
    [/--region goes with --root/, { to: 'plant', region: 'eu-west-1' }],
    [/--root: .*https/, { root: 'api.fineo.io' }],
    [/--root: .*https/, { root: 'ftp://api.fineo.io' }],
    [/--concurrency/, { to: 'plant', concurrency: '0' }],
    [/--concurrency/, { to: 'plant', concurrency: '65' }],
    [/--rate/, { to: 'plant', rate: 'fast' }],
    [/--metric-type/, { to: 'plant', metricType: ' ' }],
    [/--stream-name/, { route: 'firehose' }],
    [/go with --route kinesis or firehose/, { to: 'plant', streamName: 'rows' }],
    [/--partition-key goes with --route kinesis/, { route: 'firehose', streamName: 'rows', partitionKey: 'a' }],
    [/--stream-name: letters/, { route: 'kinesis', streamName: 'no/stream' }],
  ])('refuse what cannot be meant: %s', (message, flags) => {
    expect(() => parse(flags)).toThrow(message);
  });

  it('never repeat an address with a password in it', () => {
    expect(() => parse({ root: 'https://user:hunter2@api.fineo.io' })).toThrow(/^(?!.*hunter2).*credentials do not belong in an address/);
  });

  it('need no destination for a dry run', () => {
    expect(parse({ dryRun: true }).destination).toEqual({ kind: 'none' });
  });
});
