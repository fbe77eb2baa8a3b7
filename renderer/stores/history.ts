import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import type { Transfer, TransferState } from '../../shared/contract/transfers.ts';
import { bridge } from '../bridge.ts';
import { useEngine } from './engine.ts';

export const historyPageSize = 100;
const listSize = 50;

/** Pages of the history as the engine finds them; transfers known from events replace older copies of themselves. */
export const useHistory = defineStore('history', () => {
  const engine = useEngine();
  const state = ref<TransferState | 'all'>('all');
  const search = ref('');
  const listed = shallowRef<readonly Transfer[]>([]);
  const more = ref(false);
  const loading = ref(false);
  const loaded = ref(false);
  const failure = shallowRef<Failure>();
  const opened = shallowRef<Transfer>();
  const batches = shallowRef<CommandOutput<'history.batches'>>();
  const objects = shallowRef<CommandOutput<'history.objects'>>();
  let turn = 0;

  const filtered = computed(() => state.value !== 'all' || search.value.trim() !== '');
  const transfers = computed(() => {
    const known = new Map(engine.transfers.map((transfer) => [transfer.id, transfer]));
    const fresh = listed.value.map((transfer) => known.get(transfer.id) ?? transfer);
    if (filtered.value) return fresh;
    const have = new Set(fresh.map(({ id }) => id));
    const newest = fresh[0]?.startedAt ?? Number.NEGATIVE_INFINITY;
    return [...engine.transfers.filter(({ id, startedAt }) => !have.has(id) && startedAt >= newest), ...fresh];
  });

  const read = async (before: number | undefined) => {
    const mine = ++turn;
    loading.value = true;
    const answer = await bridge.call('history.list', {
      limit: listSize,
      ...(state.value !== 'all' && { state: state.value }),
      ...(search.value.trim() !== '' && { search: search.value.trim() }),
      ...(before !== undefined && { before }),
    });
    if (turn !== mine) return;
    loading.value = false;
    loaded.value = true;
    failure.value = answer.ok ? undefined : answer.failure;
    if (!answer.ok) return;
    listed.value = before === undefined ? answer.value.transfers : [...listed.value, ...answer.value.transfers];
    more.value = answer.value.more;
  };

  const readFirst = () => read(undefined);
  const readMore = () => read(listed.value.at(-1)?.startedAt);

  const open = async (transferId: string) => {
    opened.value = engine.transfers.find(({ id }) => id === transferId);
    batches.value = undefined;
    objects.value = undefined;
    const answer = await bridge.call('history.get', { transferId });
    failure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) opened.value = answer.value;
  };
  const readBatches = async (transferId: string, offset: number) => {
    const answer = await bridge.call('history.batches', { transferId, offset, limit: historyPageSize });
    if (answer.ok) batches.value = answer.value;
    else failure.value = answer.failure;
  };
  const readObjects = async (transferId: string, offset: number) => {
    const answer = await bridge.call('history.objects', { transferId, offset, limit: historyPageSize });
    if (answer.ok) objects.value = answer.value;
    else failure.value = answer.failure;
  };
  /** The files that hold the rejected rows of a transfer; none when they cannot be named. */
  const rejectPaths = async (transferId: string): Promise<readonly string[]> => {
    const answer = await bridge.call('rejects.list', { transferId, offset: 0, limit: 1 });
    return answer.ok ? answer.value.paths : [];
  };

  return {
    state,
    search,
    filtered,
    transfers,
    more,
    loading,
    loaded,
    failure,
    opened,
    batches,
    objects,
    readFirst,
    readMore,
    open,
    readBatches,
    readObjects,
    rejectPaths,
  };
});
