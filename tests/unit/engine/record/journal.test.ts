import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addFile, addTransfer, batchEnd, newBatch, openJournal, positionOf, tempDir, type OpenJournal } from './journals.ts';

let folder: ReturnType<typeof tempDir>;
let open: OpenJournal;
beforeEach(() => {
  folder = tempDir();
  open = openJournal(folder.path);
});
afterEach(() => {
  if (open.database.isOpen) open.journal.close();
  folder.remove();
});

type Step =
  | { readonly kind: 'plan'; readonly events: number; readonly rejects: number }
  | { readonly kind: 'send' | 'confirm' | 'hold' | 'reject' | 'reopen'; readonly pick: number }
  | { readonly kind: 'progress'; readonly pick: number; readonly share: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('plan' as const), events: fc.integer({ min: 1, max: 5 }), rejects: fc.nat(3) }),
  fc.record({
    kind: fc.constantFrom('send' as const, 'confirm' as const, 'hold' as const, 'reject' as const, 'reopen' as const),
    pick: fc.nat(9),
  }),
  fc.record({ kind: fc.constant('progress' as const), pick: fc.nat(9), share: fc.nat(3) }),
);

interface ModelBatch {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  remaining: number[];
  isPartial: boolean;
  isOpen: boolean;
}

it('the ledger is balanced and the plan without a gap after any sequence of plans, answers and restarts', () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const transferId = `t${(run += 1)}`;
      const fileId = `f${run}`;
      addTransfer(open.journal, transferId);
      addFile(open.journal, fileId, { transferId });
      const model: ModelBatch[] = [];
      let row = 0;
      const expected = { confirmed: 0, rejected: 0 };
      for (const each of steps) {
        const unsettled = model.filter(({ isOpen }) => isOpen);
        const batch = each.kind === 'plan' ? undefined : unsettled[each.pick % Math.max(1, unsettled.length)];
        if (each.kind === 'plan') {
          const to = row + each.events + each.rejects;
          const rejected = Array.from({ length: each.rejects }, () => 'ragged-row' as const);
          const id = open.journal.planBatch(fileId, newBatch(row, to, { events: each.events, rejected }));
          model.push({
            id,
            from: row,
            to,
            remaining: Array.from({ length: each.events }, (_, at) => row + at),
            isPartial: false,
            isOpen: true,
          });
          expected.rejected += each.rejects;
          row = to;
        } else if (each.kind === 'reopen') {
          open.journal.close();
          open = openJournal(folder.path);
        } else if (batch !== undefined && each.kind === 'send') {
          open.journal.markSending(fileId, batch.id, 0);
        } else if (batch !== undefined && each.kind === 'progress') {
          const confirmed = batch.remaining.splice(0, each.share).length;
          batch.isPartial = true;
          open.journal.progress(fileId, batch.id, {
            confirmed,
            rejected: [],
            remaining: batch.remaining,
            rejectsBytes: 0,
            mayBeApplied: false,
          });
          expected.confirmed += confirmed;
        } else if (batch !== undefined && each.kind === 'hold') {
          open.journal.endBatch(fileId, batch.id, transferId, batchEnd('held'), { confirmed: 0, rejected: [], rejectsBytes: 0 });
        } else if (batch !== undefined) {
          const left = batch.remaining.length;
          const rejected = each.kind === 'reject' ? batch.remaining.map(() => 'server-rejected' as const) : [];
          const confirmed = left - rejected.length;
          open.journal.endBatch(fileId, batch.id, transferId, batchEnd('confirmed'), { confirmed, rejected, rejectsBytes: 0 });
          expected.confirmed += confirmed;
          expected.rejected += rejected.length;
          batch.isOpen = false;
        }
        const ledger = open.history.transfer(transferId)?.ledger;
        const held = row - expected.confirmed - expected.rejected;
        expect(ledger).toMatchObject({ rowsRead: row, rowsConfirmed: expected.confirmed, rowsRejected: expected.rejected, rowsHeld: held });
      }
      const openBatches = open.journal.openBatches(fileId);
      expect(openBatches.map(({ id, from, to, remaining }) => [id, from.row, to.row, remaining])).toEqual(
        model
          .filter(({ isOpen }) => isOpen)
          .map((batch) => [batch.id, batch.from, batch.to, batch.isPartial ? batch.remaining : undefined]),
      );
      expect(open.journal.file(fileId).planned).toEqual(row === 0 ? undefined : positionOf(row));
      let at = 0;
      for (const { from, to } of open.journal.digestsOf(open.journal.file(fileId))) {
        expect(from).toBe(at);
        at = to;
      }
      expect(at).toBe(positionOf(row).byte);
    }),
    { numRuns: 60 },
  );
}, 60_000);

describe('the database itself', () => {
  beforeEach(() => {
    addTransfer(open.journal, 't');
    addFile(open.journal, 'f');
    open.journal.planBatch('f', newBatch(0, 10));
  });

  it('refuses a ledger that is not balanced', () => {
    for (const column of ['rows_read', 'rows_confirmed', 'rows_rejected', 'rows_held']) {
      expect(() => {
        open.database.exec(`UPDATE files SET ${column} = ${column} + 1 WHERE id = 'f'`);
      }).toThrow(/CHECK constraint/);
    }
  });

  it('keeps nothing of a step that fails half way', () => {
    const before = open.history.transfer('t');
    expect(() => open.journal.planBatch('nobody', newBatch(10, 20))).toThrow(/FOREIGN KEY/);
    expect(() => open.journal.planBatch('f', newBatch(10, 20, { events: 1.5 }))).toThrow();
    expect(open.history.transfer('t')).toEqual(before);
    expect(open.journal.openBatches('f')).toHaveLength(1);
  });

  it('knows after a kill which request was under way', () => {
    const sent = open.journal.planBatch('f', newBatch(10, 20));
    open.journal.markSending('f', sent, 0);
    open.journal.close();
    open = openJournal(folder.path);
    expect(open.journal.openBatches('f').map(({ mayBeApplied }) => mayBeApplied)).toEqual([false, true]);
    expect(open.journal.interruptedTransfers()).toEqual(['t']);
  });
});

it('the size of rejects that were edited stays known when rows settle of which none is rejected', () => {
  addTransfer(open.journal, 't');
  addFile(open.journal, 'f');
  open.journal.planBatch('f', newBatch(0, 2, { events: 1, rejected: ['ragged-row'], rejectsBytes: 100 }));
  open.journal.setRejectsBytes('f', 150);
  const id = open.journal.planBatch('f', newBatch(2, 4, { rejectsBytes: 100 }));
  open.journal.endBatch('f', id, 't', batchEnd('confirmed'), { confirmed: 2, rejected: [], rejectsBytes: 100 });
  expect(open.journal.file('f').rejectsBytes).toBe(150);
  open.journal.planBatch('f', newBatch(4, 6, { events: 1, rejected: ['ragged-row'], rejectsBytes: 180 }));
  expect(open.journal.file('f').rejectsBytes).toBe(180);
});

describe('the versions of a file', () => {
  it('a grown file goes on where the earlier version ended, its stretches follow those of it', () => {
    addTransfer(open.journal, 't');
    addFile(open.journal, 'old');
    open.journal.planBatch('old', newBatch(0, 3));
    open.journal.planBatch('old', newBatch(3, 5));
    addFile(open.journal, 'new', { path: '/files/old.csv' });
    const earlier = open.journal.newestVersion(open.journal.file('new'));
    if (earlier === undefined) throw new Error('the earlier version is not found');
    expect(earlier.id).toBe('old');
    open.journal.setContinues('new', earlier);
    expect(open.journal.file('new').planned).toEqual(positionOf(5));
    open.journal.planBatch('new', newBatch(5, 6));
    expect(open.journal.digestsOf(open.journal.file('new')).map(({ from, to }) => [from, to])).toEqual([
      [0, 30],
      [30, 50],
      [50, 60],
    ]);
  });

  it.each([{ path: '/files/other.csv' }, { connectionId: 'd' }, { route: 'batch' as const }, { mappingDigest: 'n' }])(
    '%j is another file',
    (change) => {
      addTransfer(open.journal, 't');
      addFile(open.journal, 'old');
      open.journal.planBatch('old', newBatch(0, 3));
      addFile(open.journal, 'new', { path: '/files/old.csv', ...change });
      expect(open.journal.newestVersion(open.journal.file('new'))).toBeUndefined();
    },
  );

  it('an unfinished one moves to the transfer that goes on with it; an empty transfer is gone', () => {
    addTransfer(open.journal, 't');
    addTransfer(open.journal, 'u', { startedAt: 2 });
    addFile(open.journal, 'f');
    open.journal.planBatch('f', newBatch(0, 3));
    open.journal.adoptFile('f', 'u', '/files/f.csv', 200, 's2');
    expect(open.history.transfer('t')).toBeUndefined();
    expect(open.history.transfer('u')?.ledger).toMatchObject({ rowsRead: 3, rowsHeld: 3 });
  });
});
