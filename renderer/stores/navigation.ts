import { defineStore } from 'pinia';
import { ref } from 'vue';

/** The screens that have a place in the sidebar, in its order; `start` is there only while there is no connection. */
export const screens = ['upload', 'history', 'connections', 'sandbox'] as const;
export type Screen = (typeof screens)[number] | 'start';

/** Where the person is. In memory only: the address of the page never changes. */
export const useNavigation = defineStore('navigation', () => {
  const screen = ref<Screen>();
  /** The transfer whose detail History shows. */
  const transferId = ref<string>();
  const transferPart = ref<'batches' | 'rejects'>('batches');
  /** Connections opens its form for a new one at once. */
  const addConnection = ref(false);

  const go = (to: Screen) => {
    if (to === 'history') transferId.value = undefined;
    addConnection.value = false;
    screen.value = to;
  };
  const showTransfer = (id: string, part: 'batches' | 'rejects' = 'batches') => {
    screen.value = 'history';
    transferId.value = id;
    transferPart.value = part;
  };
  const showNewConnection = () => {
    screen.value = 'connections';
    addConnection.value = true;
  };
  return { screen, transferId, transferPart, addConnection, go, showTransfer, showNewConnection };
});
