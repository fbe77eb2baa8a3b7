import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import type { Fault } from '../../shared/contract/sandbox.ts';
import { bridge } from '../bridge.ts';
import { useEngine } from './engine.ts';

export const pageSize = 100;

/** The embedded service: its state is the engine's; tables, rows and errors are read when they are looked at. */
export const useSandbox = defineStore('sandbox', () => {
  const engine = useEngine();
  const status = computed(() => engine.sandbox);
  const working = ref<'starting' | 'stopping'>();
  const failure = shallowRef<Failure>();
  const tables = shallowRef<CommandOutput<'sandbox.tables'>['tables']>();
  const rows = shallowRef<CommandOutput<'sandbox.rows'>>();
  const errors = shallowRef<CommandOutput<'sandbox.errors'>>();

  const keep = <T>(answer: { ok: true; value: T } | { ok: false; failure: Failure }, take: (value: T) => void) => {
    failure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) take(answer.value);
  };

  /** True when it runs afterwards. */
  const start = async (): Promise<boolean> => {
    working.value = 'starting';
    const answer = await bridge.call('sandbox.start', {});
    working.value = undefined;
    failure.value = answer.ok ? answer.value.failure : answer.failure;
    return answer.ok && answer.value.state === 'running';
  };
  const stop = async () => {
    working.value = 'stopping';
    keep(await bridge.call('sandbox.stop', {}), () => {});
    working.value = undefined;
  };
  const setFaults = async (faults: readonly Fault[]) => keep(await bridge.call('sandbox.faults', { faults: [...faults] }), () => {});

  const readTables = async () => keep(await bridge.call('sandbox.tables', {}), (value) => (tables.value = value.tables));
  const readRows = async (table: string, offset: number) =>
    keep(await bridge.call('sandbox.rows', { table, offset, limit: pageSize }), (value) => (rows.value = value));
  const readErrors = async (offset: number) =>
    keep(await bridge.call('sandbox.errors', { offset, limit: pageSize }), (value) => (errors.value = value));

  return { status, working, failure, tables, rows, errors, start, stop, setFaults, readTables, readRows, readErrors };
});
