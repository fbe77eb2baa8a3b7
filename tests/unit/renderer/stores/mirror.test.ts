import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostEvent, Snapshot } from '../../../../shared/contract/contract.ts';
import { applyEvent, startMirror } from '../../../../renderer/stores/mirror.ts';
import { fakeTransfer, sandboxConnection } from '../../../fakes/fake-data.ts';
import { quietFlow } from '../../../fakes/fake-folders.ts';

const snapshot: Snapshot = {
  revision: 10,
  app: { version: '0.1.0', host: 'browser', platform: 'linux', dataDir: '/data', vault: 'file' },
  connections: [],
  transfers: [fakeTransfer({ id: 'a', startedAt: 1 })],
  folders: [],
  flow: quietFlow,
  sandbox: { state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 },
  notices: [],
};
const transferEvent = (revision: number, id: string, startedAt: number, requests = 0): HostEvent => ({
  kind: 'transfer',
  revision,
  transfer: fakeTransfer({ id, startedAt, requests }),
});

test('an event that the snapshot already contains changes nothing', () => {
  const mirror = startMirror(snapshot, [{ kind: 'connections', revision: 10, connections: [sandboxConnection] }]);
  expect(mirror.connections).toEqual([]);
});

test('events that overtook the snapshot are put after it in their order', () => {
  const mirror = startMirror(snapshot, [transferEvent(12, 'b', 5, 2), transferEvent(11, 'b', 5, 1)]);
  expect(mirror.transfers.map(({ id, requests }) => [id, requests])).toEqual([
    ['b', 2],
    ['a', 2_409],
  ]);
});

test('an older state of a transfer never replaces a newer one', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([11, 12, 13, 14, 15], { minLength: 1 }), (revisions) => {
      const mirror = startMirror(
        snapshot,
        revisions.map((revision) => transferEvent(revision, 'a', 1, revision)),
      );
      expect(mirror.transfers[0]?.requests).toBe(Math.max(...revisions));
    }),
  );
});

test('a new transfer stands before older ones, and a notice is added', () => {
  const notice = { code: 'journal-corrupt', message: 'kept aside', context: {} } as const;
  const mirror = applyEvent(applyEvent(startMirror(snapshot, []), transferEvent(11, 'new', 9)), {
    kind: 'notice',
    revision: 12,
    at: 1,
    notice,
  });
  expect(mirror.transfers.map(({ id }) => id)).toEqual(['new', 'a']);
  expect(mirror.notices).toEqual([notice]);
});
