import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UploaderError } from '../../../../electron/engine/errors.ts';
import type { EngineClient } from '../../../../renderer/bridge/engine-client.ts';
import { useEngine } from '../../../../renderer/stores/engine.ts';
import { useRejects } from '../../../../renderer/stores/rejects.ts';
import { fakeTransfer, openRejects } from '../../../fakes/fake-data.ts';
import { hosted, type Hosted } from '../../../fakes/hosted.ts';
import { clientOf } from '../../../fakes/hosted-page.ts';

const page = vi.hoisted(() => ({ client: undefined as EngineClient | undefined }));
vi.mock('../../../../renderer/bridge.ts', () => ({
  bridge: {
    call: (...asked: Parameters<EngineClient['call']>) => page.client?.call(...asked),
    onEvent: (...asked: Parameters<EngineClient['onEvent']>) => page.client?.onEvent(...asked),
    onState: (...asked: Parameters<EngineClient['onState']>) => page.client?.onState(...asked),
  },
}));

let host: Hosted;
const calls = (name: string) => host.engine.calls.filter((call) => call.startsWith(name));
const texts = (count: number) =>
  useRejects()
    .drafts.slice(0, count)
    .map(({ text, state }) => `${state} ${text}`);
const keyAt = (at: number) => useRejects().drafts[at]?.key ?? '';

beforeEach(async () => {
  setActivePinia(createPinia());
  host = hosted();
  page.client = clientOf(host);
  useEngine().start();
  await vi.waitFor(() => expect(useEngine().loaded).toBe(true));
  await useRejects().read('transfer-4', 0);
});
afterEach(() => page.client?.dispose());

test('rows are corrected one by one; what was not changed is not saved', async () => {
  const rejects = useRejects();
  expect([rejects.page?.total, rejects.drafts.length]).toEqual([132, 100]);
  rejects.edit(keyAt(0), 'a,b');
  await rejects.save(keyAt(0));
  await rejects.save(keyAt(1));
  expect(calls('saveReject')).toEqual(['saveReject f1 0 a,b']);
  expect(texts(2)).toEqual(['saved a,b', `untouched ${openRejects.rejects[1]?.source ?? ''}`]);
});

test('a row that is corrected again while it is saved is held against what was saved', async () => {
  const digests: string[] = [];
  const row = openRejects.rejects[0];
  host.engine.script.saveReject = async ({ digest, source }: { digest: string; source: string }) => {
    digests.push(digest);
    return { ...row, source, digest: `digest of ${source}` };
  };
  const rejects = useRejects();
  rejects.edit(keyAt(0), 'first');
  const first = rejects.save(keyAt(0));
  await Promise.resolve();
  rejects.edit(keyAt(0), 'second');
  await Promise.all([first, rejects.save(keyAt(0))]);
  expect(digests).toEqual(['digest-0', 'digest of first']);
  expect(texts(1)).toEqual(['saved second']);
});

test('what could not be saved says why, and nothing is sent before it is', async () => {
  const rejects = useRejects();
  host.engine.script.saveReject = async () => {
    throw new UploaderError('rejects-changed', 'another one by now');
  };
  rejects.edit(keyAt(0), 'a,b');
  await rejects.replay();
  expect(rejects.drafts[0]).toMatchObject({ state: 'failed', failure: { code: 'rejects-changed' }, text: 'a,b' });
  expect(calls('replay')).toEqual([]);
  rejects.undo(keyAt(0));
  await rejects.replay();
  expect(calls('replay')).toEqual(['replay transfer-4']);
});

test('a row that was cut is edited only when all of it is there', async () => {
  const [row] = openRejects.rejects;
  host.engine.script.openRejects = async () => ({ ...openRejects, rejects: [{ ...row, isCut: true, source: 'begin' }] });
  host.engine.script.openReject = async () => ({ ...row, source: 'begin and end' });
  const rejects = useRejects();
  await rejects.read('transfer-4', 0);
  rejects.edit(keyAt(0), 'lost');
  await rejects.save(keyAt(0));
  expect(calls('saveReject')).toEqual([]);
  await rejects.readWhole(keyAt(0));
  expect(texts(1)).toEqual(['untouched begin and end']);
});

test('a replay that was begun is followed to its end', async () => {
  const rejects = useRejects();
  await rejects.replay();
  host.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'transfer-3', state: 'running' }) });
  await vi.waitFor(() => expect(rejects.replays.map(({ state }) => state)).toEqual(['running']));
  host.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'transfer-3', state: 'done' }) });
  await vi.waitFor(() => expect(rejects.replays.map(({ state }) => state)).toEqual(['done']));
  await rejects.read('transfer-1', 0);
  expect(rejects.replays).toEqual([]);
});
