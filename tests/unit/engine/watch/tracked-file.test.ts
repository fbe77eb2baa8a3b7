import { describe, expect, it } from 'vitest';
import type { VersionRecord } from '../../../../electron/engine/record/version-record.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';
import { emptyLedger } from '../../../../shared/model/ledger.ts';

const record: VersionRecord = {
  id: 'v1',
  transferId: 't1',
  path: '/inbox/a.csv',
  fileKey: '1:2',
  state: 'done',
  stamp: '1795717826876.25',
  seenMs: 1_795_717_826_876.25,
  planned: { byte: 100, row: 5, line: 6 },
  bytesRead: 100,
  sizeBytes: 100,
  formatId: 1,
  identity: undefined,
  firstRow: undefined,
  knownRows: undefined,
  rejectsBytes: 0,
  failure: undefined,
  ledger: emptyLedger,
};
const restored = (): TrackedFile => {
  const file = new TrackedFile('a.csv', { sizeBytes: 100, modifiedMs: 0, fileKey: '1:2' }, 0, 'v1');
  file.restore(record);
  file.state = 'done';
  return file;
};
const entry = { path: 'a.csv', sizeBytes: 100, modifiedMs: 1_795_717_826_876.25, fileKey: '1:2' };

describe('a file that an earlier run has read', () => {
  it('is not looked at again where it stands as it was written down', () => {
    const file = restored();
    expect(file.observe(entry, 1)).toBe(false);
    expect(file.modifiedMs).toBe(entry.modifiedMs);
  });

  it.each([
    ['has grown', { sizeBytes: 101 }],
    ['has shrunk', { sizeBytes: 99 }],
    ['was touched', { modifiedMs: entry.modifiedMs + 0.5 }],
    ['is another file', { fileKey: '1:3' }],
  ])('is looked at where it %s', (_what, change) => {
    expect(restored().observe({ ...entry, ...change }, 1)).toBe(true);
  });

  it('is looked at where nobody wrote down how it stood', () => {
    const file = restored();
    file.seenMs = undefined;
    expect(file.observe(entry, 1)).toBe(true);
  });

  it('is looked at when it changes after that', () => {
    const file = restored();
    file.observe(entry, 1);
    expect(file.observe({ ...entry, sizeBytes: 120, modifiedMs: entry.modifiedMs + 10 }, 2)).toBe(true);
  });
});
