import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { WatchedState } from '../../shared/contract/folders.ts';

/** The screens that have a place in the sidebar, in its order; `start` is there only while there is no connection. */
export const screens = ['overview', 'upload', 'folders', 'schema', 'history', 'connections', 'sandbox'] as const;
export type Screen = (typeof screens)[number] | 'start';

/** What the screen of watched folders shows. `state`: the files that are listed first. */
export type FolderPlace =
  | { readonly kind: 'list' }
  | { readonly kind: 'detail'; readonly id: string; readonly state: WatchedState | undefined }
  | { readonly kind: 'edit'; readonly id: string | undefined };

/** What the detail of a transfer lists. */
export type TransferPart = 'objects' | 'batches' | 'rejects';

/** Where the person is. In memory only: the address of the page never changes. */
export const useNavigation = defineStore('navigation', () => {
  const screen = ref<Screen>();
  /** The transfer whose detail History shows. */
  const transferId = ref<string>();
  const transferPart = ref<TransferPart>('batches');
  const folder = shallowRef<FolderPlace>({ kind: 'list' });
  /** Connections opens its form at once: for a new one, or for the one with the id. */
  const connectionForm = shallowRef<{ readonly id: string | undefined }>();

  const go = (to: Screen) => {
    if (to === 'history') transferId.value = undefined;
    // What is being entered is not lost by a look at another screen.
    if (to === 'folders' && screen.value === 'folders' && folder.value.kind === 'detail') folder.value = { kind: 'list' };
    connectionForm.value = undefined;
    screen.value = to;
  };
  const showTransfer = (id: string, part: TransferPart = 'batches') => {
    screen.value = 'history';
    transferId.value = id;
    transferPart.value = part;
  };
  const showConnectionForm = (id?: string) => {
    screen.value = 'connections';
    connectionForm.value = { id };
  };
  const showFolders = () => {
    screen.value = 'folders';
    folder.value = { kind: 'list' };
  };
  const showFolder = (id: string, state?: WatchedState) => {
    screen.value = 'folders';
    folder.value = { kind: 'detail', id, state };
  };
  /** Without an id: a new one. */
  const editFolder = (id?: string) => {
    screen.value = 'folders';
    folder.value = { kind: 'edit', id };
  };
  return {
    screen,
    transferId,
    transferPart,
    folder,
    connectionForm,
    go,
    showTransfer,
    showConnectionForm,
    showFolders,
    showFolder,
    editFolder,
  };
});
