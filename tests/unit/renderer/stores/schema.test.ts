import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick, reactive } from 'vue';
import { useSchema } from '../../../../renderer/stores/schema.ts';
import { useSchemaDrift } from '../../../../renderer/stores/schema-drift.ts';
import type { KnownSchema } from '../../../../shared/contract/schema.ts';
import type { Transfer } from '../../../../shared/contract/transfers.ts';
import { fakeNow, fakeTransfer, productionConnection } from '../../../fakes/fake-data.ts';
import { ScriptedFailure } from '../../../fakes/fake-host.ts';
import { failureOf, knownPoints, pointsSchema, seenField } from '../../../fakes/fake-schema.ts';
import { scriptedBridge } from '../../../fakes/scripted-bridge.ts';

const engine = reactive({
  loaded: true,
  connections: [productionConnection],
  usualConnection: productionConnection,
  transfers: [] as Transfer[],
  folders: [],
  sandbox: undefined,
});
vi.mock('../../../../renderer/bridge.ts', async () => ({ bridge: (await import('../../../fakes/scripted-bridge.ts')).scriptedBridge }));
vi.mock('../../../../renderer/stores/engine.ts', () => ({ useEngine: () => engine }));

const commandsAsked = () => scriptedBridge.asked.map(({ command }) => command);
const unreachable = failureOf('server-unreachable', 'ECONNREFUSED');

let pinia: Pinia;
beforeEach(() => {
  engine.transfers = [];
  scriptedBridge.asked.length = 0;
  scriptedBridge.script = {
    'schema.get': () => knownPoints,
    'schema.unknown': () => ({ fields: [seenField()], dropped: [], filesRead: 1 }),
    'schema.change': () => knownPoints,
  };
  pinia = createPinia();
  setActivePinia(pinia);
});
afterEach(() => {
  disposePinia(pinia);
});

describe('the schema of a connection', () => {
  it('is shown as it is kept until the service has answered', async () => {
    const shown: (number | undefined)[] = [];
    const schema = useSchema();
    scriptedBridge.script['schema.get'] = ({ refresh }) => {
      shown.push(schema.current?.readAt);
      return refresh ? { ...knownPoints, readAt: fakeNow + 1 } : knownPoints;
    };
    await schema.read();
    expect(shown).toEqual([undefined, fakeNow]);
    expect(schema.current?.readAt).toBe(fakeNow + 1);
    expect(schema.isReadOnly).toBe(false);
    expect(schema.unknown).toEqual([seenField()]);
    expect(schema.reading).toBe(false);
  });

  it('cannot be changed while the service does not answer, nor where there is none', async () => {
    const schema = useSchema();
    scriptedBridge.script['schema.get'] = (): KnownSchema => ({ ...knownPoints, failure: unreachable });
    await schema.read();
    expect([schema.isReadOnly, schema.isDenied, schema.schema?.metrics.length]).toEqual([true, false, 2]);
    scriptedBridge.script['schema.get'] = (): KnownSchema => ({
      connectionId: 'production',
      failure: failureOf('permission-denied', 'User is not authorized'),
    });
    await schema.read();
    expect([schema.isReadOnly, schema.isDenied, schema.schema]).toEqual([true, true, undefined]);
  });

  it('is changed on top of what the person saw, and then is what the service answers', async () => {
    const schema = useSchema();
    await schema.read();
    const [metric] = pointsSchema.metrics;
    const wish = { kind: 'create-field', metric: 'points', field: 'x', type: 'INT' } as const;
    scriptedBridge.script['schema.change'] = () => ({ ...knownPoints, readAt: fakeNow + 2 });
    expect(await schema.change(wish, metric && { metric })).toBe(true);
    expect(scriptedBridge.asked.find(({ command }) => command === 'schema.change')?.input).toEqual({
      connectionId: 'production',
      change: wish,
      seen: { metric },
    });
    expect(schema.current?.readAt).toBe(fakeNow + 2);
    expect(schema.changeFailure).toBeUndefined();
  });

  it('that somebody else changed is shown as it is now, beside what differs', async () => {
    const schema = useSchema();
    await schema.read();
    scriptedBridge.asked.length = 0;
    scriptedBridge.script['schema.change'] = () => {
      throw new ScriptedFailure(failureOf('schema-changed', 'somebody changed it', { differences: 'field x is new' }));
    };
    expect(await schema.change({ kind: 'tenant', metricKeys: [] })).toBe(false);
    expect(schema.changeFailure?.context['differences']).toBe('field x is new');
    expect(commandsAsked().slice(0, 2)).toEqual(['schema.change', 'schema.get']);
    schema.dismissFailure();
    expect(schema.changeFailure).toBeUndefined();
  });
});

describe('unknown fields', () => {
  it('are looked for again when an upload has ended, and not while it runs', async () => {
    const drift = useSchemaDrift();
    await nextTick();
    expect(commandsAsked()).toEqual(['schema.unknown']);
    engine.transfers = [fakeTransfer({ id: 'a', state: 'running' })];
    await nextTick();
    expect(commandsAsked()).toEqual(['schema.unknown']);
    scriptedBridge.script['schema.unknown'] = () => ({ fields: [seenField({ name: 'new' })], dropped: [], filesRead: 2 });
    engine.transfers = [fakeTransfer({ id: 'a', state: 'done' })];
    await nextTick();
    await vi.waitFor(() => expect(drift.byConnection['production']?.fields.map(({ name }) => name)).toEqual(['new']));
    expect(commandsAsked()).toEqual(['schema.unknown', 'schema.unknown']);
  });
});
