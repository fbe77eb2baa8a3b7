import { expect, test } from 'vitest';
import { attentionOf } from '../../../../renderer/format/attention.ts';
import { fakeTransfer, history, productionConnection, sandboxConnection } from '../../../fakes/fake-data.ts';
import { busyFlow, countsOf, fakeFolder, fakeFolders, quietFlow, why } from '../../../fakes/fake-folders.ts';
import { seenField } from '../../../fakes/fake-schema.ts';

const nothing = { flow: quietFlow, connections: [productionConnection], folders: [], transfers: [] };

test('nothing is asked of a person while everything goes by itself', () => {
  const folders = [
    fakeFolder({ state: 'sending' }),
    fakeFolder({ id: 'w', state: 'waiting', reason: why('server-unreachable', 'ECONNREFUSED') }),
    fakeFolder({ id: 'p', state: 'paused', paused: true, reason: why('flow-paused', 'paused') }),
  ];
  expect(attentionOf({ ...nothing, folders, transfers: [fakeTransfer({ state: 'running' })] })).toEqual([]);
});

test('rows that are gone come first, then what blocks, then what is asked, and rejects last', () => {
  const state = { flow: busyFlow, connections: [sandboxConnection, productionConnection], folders: fakeFolders, transfers: history };
  const matters = attentionOf(state).map(({ matter, tone }) => `${matter} ${tone}`);
  expect(matters[0]).toBe('risk error');
  expect(matters.slice(1, 3)).toEqual(['failure error', 'failure error']);
  expect(matters.at(-1)).toBe('rejects warning');
});

test('rejects are asked for as long as some were not corrected and sent', () => {
  const count = (confirmedLater: number) =>
    attentionOf({ ...nothing, transfers: history.slice(0, 1).map((transfer) => ({ ...transfer, confirmedLater })) }).map(
      (item) => `${item.matter} ${String(item.count)}`,
    );
  expect([count(0), count(32), count(132)]).toEqual([['rejects 132'], ['rejects 100'], ['unreadable 1']]);
});

test('each leads to the place where it can be dealt with', () => {
  const actions = (folder: Parameters<typeof fakeFolder>[0]) =>
    attentionOf({ ...nothing, folders: [fakeFolder(folder)] }).map(({ action }) => action);
  const held = { counts: countsOf({ held: 2 }), reason: why('schema-drift', 'a new column') };
  expect(actions(held)).toEqual([{ kind: 'show-folder', id: 'folder-1', state: 'held' }]);
  expect(actions({ counts: countsOf({ unreadable: 1 }) })).toEqual([{ kind: 'show-folder', id: 'folder-1', state: 'unreadable' }]);
  expect(actions({ state: 'missing', reason: why('folder-missing', 'ENOENT') })).toEqual([{ kind: 'rescan-folder', id: 'folder-1' }]);
  expect(attentionOf({ ...nothing, flow: { ...quietFlow, paused: true } })).toMatchObject([{ action: { kind: 'resume-all' } }]);
  expect(attentionOf({ ...nothing, flow: busyFlow })).toMatchObject([
    { subject: 'Production', action: { kind: 'edit-connection', id: 'production' } },
  ]);
});

test('what rows have and the schema has not is told where the metric type has a schema, and leads to it', () => {
  const dropped = { metric: 'points', name: 'p3', field: 'point3', type: 'DOUBLE', values: 1, examples: ['warm'], files: [] } as const;
  const drift = (fields: readonly ReturnType<typeof seenField>[], isDropping = false) => ({
    production: { fields: [...fields], dropped: isDropping ? [{ ...dropped, examples: ['warm'], files: [] }] : [], filesRead: 1 },
  });
  const action = { kind: 'show-drift', id: 'production' };
  const base = { tone: 'warning', subject: 'Production', count: 1, action, dismissable: true };
  expect(attentionOf({ ...nothing, drift: drift([seenField(), seenField({ name: 'b', metricFields: 0 })], true) })).toEqual([
    { ...base, key: 'dropped production', matter: 'dropped' },
    { ...base, key: 'unknown production', matter: 'unknown' },
  ]);
  expect(attentionOf({ ...nothing, drift: drift([seenField({ metricFields: 0 })]) })).toEqual([]);
});
