import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';
import type { KnownSchema, SchemaMetric } from '../../shared/contract/schema.ts';
import { bridge } from '../bridge.ts';
import { useEngine } from './engine.ts';
import { useKnownSchemas } from './known-schemas.ts';
import { useSchemaDrift } from './schema-drift.ts';

export type SchemaWish = CommandInput<'schema.change'>['change'];
type Seen = CommandInput<'schema.change'>['seen'];

/** The parts of the screen. */
export const schemaParts = ['metrics', 'tenant', 'unknown', 'tester', 'simulation'] as const;
export type SchemaPart = (typeof schemaParts)[number];

/** The schema of a connection as the engine knows it, what can be changed of it, and fields it does not have. */
export const useSchema = defineStore('schema', () => {
  const engine = useEngine();
  const drift = useSchemaDrift();
  const known = useKnownSchemas();
  const part = ref<SchemaPart>('metrics');
  const chosenId = ref<string>();
  const reading = ref(false);
  const changing = ref(false);
  /** Why the engine could not be asked; what the service said is in what is known. */
  const failure = shallowRef<Failure>();
  const changeFailure = shallowRef<Failure>();
  /** Display name of the metric type that is shown. */
  const chosenMetric = ref<string>();
  let turn = 0;

  const connection = computed(() => engine.connections.find(({ id }) => id === chosenId.value) ?? engine.usualConnection);
  const current = computed(() => known.of(connection.value?.id));
  const schema = computed(() => current.value?.schema);
  /** What the service does not answer to cannot be changed. */
  const isReadOnly = computed(() => schema.value === undefined || current.value?.failure !== undefined);
  /** The credentials may not read it, or may not read it any more. */
  const isDenied = computed(() => current.value?.failure?.code === 'permission-denied');
  const seen = computed(() => (connection.value === undefined ? undefined : drift.byConnection[connection.value.id]));
  const unknown = computed(() => seen.value?.fields ?? []);
  const dropped = computed(() => seen.value?.dropped ?? []);
  const metric = computed(
    (): SchemaMetric | undefined => schema.value?.metrics.find(({ name }) => name === chosenMetric.value) ?? schema.value?.metrics[0],
  );

  const ask = async (connectionId: string, refresh: boolean): Promise<KnownSchema | undefined> => {
    const answer = await known.get(connectionId, refresh);
    failure.value = answer.ok ? undefined : answer.failure;
    return answer.ok ? answer.value : undefined;
  };
  /** What is kept is shown at once, then what the service says now. */
  const read = async () => {
    const id = connection.value?.id;
    if (id === undefined) return;
    const mine = ++turn;
    reading.value = true;
    const kept = known.of(id) ?? (await ask(id, false));
    if (kept !== undefined && mine === turn) await ask(id, true);
    if (mine !== turn) return;
    await drift.read(id);
    if (mine === turn) reading.value = false;
  };
  /** True when it was made. What the person saw goes along, so that nobody's change is overwritten unseen. */
  const change = async (wish: SchemaWish, before?: Seen): Promise<boolean> => {
    const id = connection.value?.id;
    if (id === undefined || changing.value) return false;
    changing.value = true;
    const answer = await bridge.call('schema.change', { connectionId: id, change: wish, ...(before && { seen: before }) });
    changing.value = false;
    changeFailure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) known.take(answer.value);
    // What somebody else changed is shown, beside the words about it.
    else if (answer.failure.code === 'schema-changed') await ask(id, true);
    else return false;
    void drift.read(id);
    return answer.ok;
  };
  const choose = (id: string) => {
    chosenId.value = id;
    chosenMetric.value = undefined;
    changeFailure.value = undefined;
    void read();
  };
  const showDrift = (id: string) => {
    part.value = 'unknown';
    chosenId.value = id;
  };
  const dismissFailure = () => {
    changeFailure.value = undefined;
  };

  return {
    part,
    connection,
    current,
    schema,
    metric,
    chosenMetric,
    isReadOnly,
    isDenied,
    unknown,
    dropped,
    reading,
    changing,
    failure,
    changeFailure,
    read,
    showDrift,
    change,
    choose,
    dismissFailure,
  };
});
