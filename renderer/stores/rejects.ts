import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import type { OpenReject } from '../../shared/contract/transfers.ts';
import { bridge } from '../bridge.ts';
import { useEngine } from './engine.ts';

export const rejectsPageSize = 100;

/** A rejected row while somebody corrects it. `row` is what stands in the file of rejects. */
export interface RejectDraft {
  readonly key: string;
  readonly row: OpenReject;
  readonly text: string;
  readonly state: 'untouched' | 'saving' | 'saved' | 'failed';
  readonly failure: Failure | undefined;
}

const keyOf = ({ fileId, at }: Pick<OpenReject, 'fileId' | 'at'>): string => `${fileId} ${at}`;
const draftOf = (row: OpenReject): RejectDraft => ({ key: keyOf(row), row, text: row.source, state: 'untouched', failure: undefined });

/** The rejected rows of a transfer that nobody has sent yet: corrected in place, and sent once more. */
export const useRejects = defineStore('rejects', () => {
  const engine = useEngine();
  const transferId = shallowRef<string>();
  const page = shallowRef<Omit<CommandOutput<'rejects.open'>, 'rejects'>>();
  const drafts = shallowRef<readonly RejectDraft[]>([]);
  const failure = shallowRef<Failure>();
  /** The replay that was begun here last. */
  const replayId = shallowRef<string>();
  const starting = shallowRef(false);
  const saves = new Map<string, Promise<void>>();
  let turn = 0;

  /** Replays of these rows that have not come to their end, and the last one of here also when it has. */
  const replays = computed(() => {
    const ids = new Set([...(page.value?.replays ?? []), ...(replayId.value === undefined ? [] : [replayId.value])]);
    return engine.transfers.filter(({ id }) => ids.has(id));
  });

  const find = (key: string) => drafts.value.find((draft) => draft.key === key);
  const patch = (key: string, change: Partial<RejectDraft>) => {
    drafts.value = drafts.value.map((draft) => (draft.key === key ? { ...draft, ...change } : draft));
  };

  const read = async (id: string, offset: number) => {
    const mine = ++turn;
    if (id !== transferId.value) {
      transferId.value = id;
      page.value = undefined;
      drafts.value = [];
      replayId.value = undefined;
    }
    const answer = await bridge.call('rejects.open', { transferId: id, offset, limit: rejectsPageSize });
    if (turn !== mine) return;
    failure.value = answer.ok ? undefined : answer.failure;
    if (!answer.ok) return;
    const { rejects, ...rest } = answer.value;
    page.value = rest;
    drafts.value = rejects.map(draftOf);
  };

  const edit = (key: string, text: string) => patch(key, { text });
  const undo = (key: string) => {
    const draft = find(key);
    if (draft !== undefined) patch(key, { text: draft.row.source, state: 'untouched', failure: undefined });
  };

  /** A row that was cut for the list cannot be edited before its whole text is here. */
  const readWhole = async (key: string) => {
    const draft = find(key);
    if (draft === undefined || transferId.value === undefined) return;
    const { fileId, at } = draft.row;
    const answer = await bridge.call('rejects.row', { transferId: transferId.value, fileId, at });
    if (answer.ok) patch(key, { row: answer.value, text: answer.value.source, failure: undefined });
    else patch(key, { state: 'failed', failure: answer.failure });
  };

  const saveNow = async (key: string) => {
    const draft = find(key);
    if (draft === undefined || transferId.value === undefined || draft.row.isCut || draft.text === draft.row.source) return;
    const { row, text: source } = draft;
    patch(key, { state: 'saving', failure: undefined });
    const { fileId, at, digest } = row;
    const answer = await bridge.call('rejects.save', { transferId: transferId.value, fileId, at, digest, source });
    // The whole text is known here, also where the answer has only its beginning.
    if (answer.ok) patch(key, { state: 'saved', row: { ...answer.value, source, isCut: false } });
    else patch(key, { state: 'failed', failure: answer.failure });
  };
  /** One after the other for each row: a change is held against what the one before left. */
  const save = async (key: string) => {
    const next = (saves.get(key) ?? Promise.resolve()).then(() => saveNow(key));
    saves.set(key, next);
    await next;
    if (saves.get(key) === next) saves.delete(key);
  };

  /** Sends them, or goes on with a replay that was held. */
  const goOn = async () => {
    if (transferId.value === undefined || starting.value) return;
    starting.value = true;
    const answer = await bridge.call('rejects.replay', { transferId: transferId.value });
    failure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) replayId.value = answer.value.transferId;
    starting.value = false;
  };
  const replay = async () => {
    if (transferId.value === undefined || starting.value) return;
    starting.value = true;
    await Promise.all(drafts.value.map(({ key }) => save(key)));
    starting.value = false;
    if (!drafts.value.some(({ state }) => state === 'failed')) await goOn();
  };

  /** Ends it: what it did not send is open again. */
  const giveUp = async () => {
    if (transferId.value === undefined || starting.value) return;
    starting.value = true;
    const answer = await bridge.call('rejects.giveUp', { transferId: transferId.value });
    failure.value = answer.ok ? undefined : answer.failure;
    starting.value = false;
  };

  return { transferId, page, drafts, failure, replays, starting, read, edit, undo, readWhole, save, replay, goOn, giveUp };
});
