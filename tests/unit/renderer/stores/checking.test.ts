import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineClient } from '../../../../renderer/bridge/engine-client.ts';
import { useChecking } from '../../../../renderer/stores/checking.ts';
import type { CheckJob } from '../../../../shared/contract/check.ts';
import { hosted, type Hosted } from '../../../fakes/hosted.ts';
import { clientOf } from '../../../fakes/hosted-page.ts';

const page = vi.hoisted(() => ({ client: undefined as EngineClient | undefined }));
vi.mock('../../../../renderer/bridge.ts', () => ({
  bridge: { call: (...asked: Parameters<EngineClient['call']>) => page.client?.call(...asked) },
}));

let host: Hosted;
let state: CheckJob['state'];
let started: string[];
const input = (path: string) => ({ files: [{ path }] });
const cancelled = () => host.engine.calls.filter((call) => call.startsWith('cancelCheck'));
/** Lets answers that are on their way arrive, and the next look at the engine happen. */
const pass = () => vi.advanceTimersByTimeAsync(250);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  setActivePinia(createPinia());
  host = hosted();
  page.client = clientOf(host);
  state = 'running';
  started = [];
  Object.assign(host.engine.script, {
    startCheck: () => {
      const checkId = `check-${started.length + 1}`;
      started.push(checkId);
      return checkId;
    },
    check: (checkId: string): CheckJob => ({ checkId, state, files: [], routes: [] }),
  });
  await pass();
});
afterEach(() => {
  page.client?.dispose();
  vi.useRealTimers();
});

test('a check is followed until it has come to its end, and not asked for again after that', async () => {
  const checking = useChecking();
  void checking.ensure(input('/a.csv'));
  await pass();
  expect(checking.running).toBe(true);
  state = 'done';
  await pass();
  expect([checking.running, checking.job?.state]).toEqual([false, 'done']);
  await checking.ensure(input('/a.csv'));
  expect(started).toEqual(['check-1']);
});

test('another mapping or file is checked anew, and the check of before is ended', async () => {
  const checking = useChecking();
  void checking.ensure(input('/a.csv'));
  await pass();
  void checking.ensure(input('/b.csv'));
  await pass();
  expect(started).toEqual(['check-1', 'check-2']);
  expect(cancelled()).toEqual(['cancelCheck check-1']);
  expect(checking.job?.checkId).toBe('check-2');
});

test('a check that is stopped shows what was seen until then, and begins again when it is looked for', async () => {
  const checking = useChecking();
  void checking.ensure(input('/a.csv'));
  await pass();
  void checking.stop();
  state = 'cancelled';
  await pass();
  expect([checking.running, checking.job?.state]).toEqual([false, 'cancelled']);
  expect(cancelled()).toEqual(['cancelCheck check-1']);
  void checking.ensure(input('/a.csv'));
  await pass();
  expect(checking.job?.checkId).toBe('check-2');
});

test('one that is forgotten before it has begun is ended as soon as it has', async () => {
  const checking = useChecking();
  void checking.begin(input('/a.csv'));
  checking.forget();
  await pass();
  expect([checking.job, checking.running]).toEqual([undefined, false]);
  expect(cancelled()).toEqual(['cancelCheck check-1']);
});

test('what keeps it from being done is shown, and the next try is a new check', async () => {
  const checking = useChecking();
  Object.assign(host.engine.script, {
    check: () => {
      throw new Error('broken');
    },
  });
  void checking.ensure(input('/a.csv'));
  await pass();
  expect([checking.failure?.code, checking.running]).toEqual(['internal', false]);
  void checking.ensure(input('/a.csv'));
  await pass();
  expect(started).toHaveLength(2);
});
