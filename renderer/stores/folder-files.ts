import { defineStore } from 'pinia';
import { computed, ref, shallowRef, triggerRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { WatchedFile, WatchedState } from '../../shared/contract/folders.ts';
import { bridge } from '../bridge.ts';

const pageSize = 100;

/** The files of one folder, page by page as they come into view: there may be a hundred thousand. */
export const useFolderFiles = defineStore('folder-files', () => {
  const folderId = ref<string>();
  const state = ref<WatchedState | 'all'>('all');
  const search = ref('');
  const total = ref(0);
  const loaded = ref(false);
  const failure = shallowRef<Failure>();
  const selected = shallowRef<WatchedFile>();
  const pages = shallowRef(new Map<number, readonly WatchedFile[]>());
  const visible = { first: 0, last: 0 };
  /** Which list is meant; answers for an earlier one are dropped. */
  let turn = 0;
  const underway = new Set<number>();

  const read = async (page: number) => {
    const id = folderId.value;
    if (id === undefined || underway.has(page)) return;
    underway.add(page);
    const mine = turn;
    const answer = await bridge.call('folders.files', {
      folderId: id,
      offset: page * pageSize,
      limit: pageSize,
      ...(state.value !== 'all' && { state: state.value }),
      ...(search.value.trim() !== '' && { search: search.value.trim() }),
    });
    if (mine !== turn) return;
    underway.delete(page);
    loaded.value = true;
    failure.value = answer.ok ? undefined : answer.failure;
    if (!answer.ok) return;
    total.value = answer.value.total;
    pages.value.set(page, answer.value.files);
    triggerRef(pages);
    const known = selected.value && answer.value.files.find((file) => file.id === selected.value?.id);
    if (known !== undefined) selected.value = known;
  };
  const visiblePages = (): readonly number[] => {
    const first = Math.floor(visible.first / pageSize);
    return Array.from({ length: Math.floor(visible.last / pageSize) - first + 1 }, (_, at) => first + at);
  };

  /** Begins the list anew: another folder, filter or search. */
  const restart = async () => {
    turn++;
    underway.clear();
    pages.value = new Map();
    visible.first = 0;
    visible.last = 0;
    await read(0);
  };
  const open = async (id: string, first: WatchedState | undefined) => {
    if (folderId.value !== id) {
      search.value = '';
      selected.value = undefined;
      loaded.value = false;
      total.value = 0;
    }
    folderId.value = id;
    state.value = first ?? 'all';
    await restart();
  };
  /** Tells which rows are in view; what is missing of them is read. */
  const show = (first: number, last: number) => {
    visible.first = first;
    visible.last = last;
    for (const page of visiblePages()) if (!pages.value.has(page)) void read(page);
  };
  /** Reads again what is in view and forgets the rest, which is read anew when it comes into view. */
  const refresh = async () => {
    const wanted = visiblePages();
    for (const page of pages.value.keys()) if (!wanted.includes(page)) pages.value.delete(page);
    await Promise.all(wanted.map(read));
  };
  const at = (index: number): WatchedFile | undefined => pages.value.get(Math.floor(index / pageSize))?.[index % pageSize];
  const isFiltered = computed(() => state.value !== 'all' || search.value.trim() !== '');

  return { folderId, state, search, total, loaded, failure, selected, pages, isFiltered, open, restart, show, refresh, at };
});
