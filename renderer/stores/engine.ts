import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { HostEvent, Snapshot } from '../../shared/contract/contract.ts';
import { bridge } from '../bridge.ts';
import type { LinkState } from '../bridge/engine-client.ts';
import { applyEvent, startMirror, type Mirror } from './mirror.ts';

/** Fifty busy folders tell of themselves hundreds of times a second; nobody reads faster than this. */
const pauseBetweenShowsMs = 150;

/** Mirror of the engine: subscribes first, then reads the snapshot, and puts events in order by their revision. */
export const useEngine = defineStore('engine', () => {
  const link = ref<LinkState>('connecting');
  const app = shallowRef<Snapshot['app']>();
  const mirror = shallowRef<Mirror>();
  const failure = shallowRef<Failure>();
  /** Events that arrive while a snapshot is on its way; `undefined` when none is. */
  let early: HostEvent[] | undefined;

  /** Events that are not shown yet. The first after a pause is shown at once, those behind it together. */
  let waiting: HostEvent[] = [];
  let showing: ReturnType<typeof setTimeout> | undefined;

  const show = () => {
    showing = undefined;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    if (mirror.value !== undefined) mirror.value = events.reduce<Mirror>(applyEvent, mirror.value);
    showing = setTimeout(show, pauseBetweenShowsMs);
  };

  const readSnapshot = async () => {
    const arrived: HostEvent[] = [];
    early = arrived;
    const answer = await bridge.call('state.snapshot', {});
    if (early !== arrived) return;
    early = undefined;
    failure.value = answer.ok ? undefined : answer.failure;
    if (!answer.ok) return;
    app.value = answer.value.app;
    mirror.value = startMirror(answer.value, arrived);
  };

  const start = () => {
    bridge.onEvent((event) => {
      if (early !== undefined) early.push(event);
      else {
        waiting.push(event);
        if (showing === undefined) show();
      }
    });
    bridge.onState((state) => {
      link.value = state;
      if (state === 'ready') void readSnapshot();
    });
  };

  const dismissNotice = (index: number) => {
    if (mirror.value === undefined) return;
    mirror.value = { ...mirror.value, notices: mirror.value.notices.filter((_, at) => at !== index) };
  };

  return {
    start,
    dismissNotice,
    link,
    failure,
    app,
    loaded: computed(() => app.value !== undefined),
    connections: computed(() => mirror.value?.connections ?? []),
    /** The one that is meant where none was chosen: a sandbox that runs, or the first. */
    usualConnection: computed(
      () =>
        mirror.value?.connections.find(({ isSandbox }) => isSandbox && mirror.value?.sandbox.state === 'running') ??
        mirror.value?.connections[0],
    ),
    transfers: computed(() => mirror.value?.transfers ?? []),
    folders: computed(() => mirror.value?.folders ?? []),
    flow: computed(() => mirror.value?.flow),
    sandbox: computed(() => mirror.value?.sandbox),
    notices: computed(() => mirror.value?.notices ?? []),
  };
});
