import { describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import type { Engine } from '../../../../electron/engine/engine.ts';
import { watchUntilEnd } from '../../../../electron/headless/watch/watch-until-end.ts';
import type { ErrorCode } from '../../../../shared/error-codes.ts';
import type { Flow } from '../../../../shared/contract/flow.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { calmFlow } from '../../../fakes/watch-records.ts';
import { watchingEngine } from '../../../fakes/watching-engine.ts';

const way = (state: 'ready' | 'waiting', code?: ErrorCode): Flow =>
  calmFlow({
    connections: [{ connectionId: 'plant', paused: false, state, skewMs: 0, ...(code ? { reason: failure(code, 'it is so') } : {}) }],
  });

function start() {
  const watching = watchingEngine();
  const clock = new ManualClock();
  const interruption = new AbortController();
  const end = { folderId: 'f', connectionId: 'plant', once: true, interruption: interruption.signal };
  const state = { isDone: false };
  const ended = watchUntilEnd(watching.engine as Engine, clock, end).finally(() => (state.isDone = true));
  return { watching, clock, interruption, ended, state };
}

describe('watch --once', () => {
  it('gives a service that cannot be reached a minute', async () => {
    const { watching, clock, ended, state } = start();
    watching.tell({ kind: 'flow', flow: way('waiting', 'server-unreachable') });
    await clock.advance(59_000);
    expect(state.isDone).toBe(false);
    await clock.advance(1_000);
    expect(await ended).toMatchObject({ code: 'server-unreachable' });
  });

  it('begins anew with its patience when the service was reached in between', async () => {
    const { watching, clock, ended, state } = start();
    watching.tell({ kind: 'flow', flow: way('waiting', 'server-failing') });
    await clock.advance(50_000);
    watching.tell({ kind: 'flow', flow: way('ready') });
    watching.tell({ kind: 'flow', flow: way('waiting', 'server-failing') });
    await clock.advance(50_000);
    expect(state.isDone).toBe(false);
    watching.settle();
    expect(await ended).toBeUndefined();
  });

  it('waits for as long as the service asks to slow down', async () => {
    const { watching, clock, interruption, ended, state } = start();
    watching.tell({ kind: 'flow', flow: way('waiting', 'rate-limited') });
    await clock.advance(3_600_000);
    expect(state.isDone).toBe(false);
    interruption.abort();
    expect(await ended).toBeUndefined();
  });
});
