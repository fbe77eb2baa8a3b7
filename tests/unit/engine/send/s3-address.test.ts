import { describe, expect, it } from 'vitest';
import { objectAddress } from '../../../../electron/engine/send/s3-address.ts';
import { mostObjectBytes, partBytesFor, partsAtOnceFor } from '../../../../electron/engine/send/s3-part-plan.ts';

const mib = 1024 * 1024;

describe('the address of an object', () => {
  it('names the bucket in the host at Amazon, and in the path elsewhere', () => {
    expect(objectAddress({ region: 'eu-west-1', bucket: 'rows' }, 'a/b.csv.gz')).toEqual({
      origin: 'https://rows.s3.eu-west-1.amazonaws.com',
      path: '/a/b.csv.gz',
    });
    expect(objectAddress({ endpoint: 'http://127.0.0.1:9000', region: 'x', bucket: 'rows' }, 'a')).toEqual({
      origin: 'http://127.0.0.1:9000',
      path: '/rows/a',
    });
    expect(objectAddress({ endpoint: 'https://store.example', region: 'x', bucket: 'rows', pathStyle: false }, 'a').origin).toBe(
      'https://rows.store.example',
    );
  });

  it('keeps a bucket with a dot out of the host name, which no certificate would fit', () => {
    expect(objectAddress({ region: 'eu-west-1', bucket: 'rows.example' }, 'a')).toEqual({
      origin: 'https://s3.eu-west-1.amazonaws.com',
      path: '/rows.example/a',
    });
  });

  it('takes keys with any character', () => {
    expect(objectAddress({ endpoint: 'http://s', region: 'x', bucket: 'rows' }, "Ü b/+%'?.csv", { uploads: '' }).path).toBe(
      '/rows/%C3%9C%20b/%2B%25%27%3F.csv?uploads=',
    );
  });
});

describe('the parts of an object', () => {
  it('are at least 5 MiB and at most 10,000', () => {
    for (const bytes of [0, 1, 5 * mib, 1e9, 90e9, 1e12, mostObjectBytes]) {
      const part = partBytesFor(bytes);
      expect(part).toBeGreaterThanOrEqual(5 * mib);
      expect(Math.ceil(bytes / part)).toBeLessThanOrEqual(10_000);
    }
  });

  it('take the same memory however large they are, until one alone takes more', () => {
    expect(partsAtOnceFor(8 * mib, 8)).toBe(3);
    expect(partsAtOnceFor(20 * mib, 8)).toBe(2);
    expect(partsAtOnceFor(600 * mib, 8)).toBe(1);
    expect(partsAtOnceFor(8 * mib, 1)).toBe(1);
  });
});
