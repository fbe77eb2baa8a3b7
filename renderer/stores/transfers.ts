import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import { bridge } from '../bridge.ts';

/** What can be done to a transfer. Its state is the engine's; see `useEngine().transfers`. */
export const useTransfers = defineStore('transfers', () => {
  const failure = shallowRef<Failure>();
  /** Absent in a browser, which has no file manager. */
  const canShowFiles = bridge.showFile !== undefined;

  const cancel = async (transferId: string) => {
    const answer = await bridge.call('uploads.cancel', { transferId });
    failure.value = answer.ok ? undefined : answer.failure;
  };
  /** `acceptRejects`: files that are held for their rejects are sent without these rows. */
  const retry = async (transferId: string, acceptRejects = false) => {
    const answer = await bridge.call('uploads.retry', { transferId, acceptRejects });
    failure.value = answer.ok ? undefined : answer.failure;
  };
  const showFile = async (path: string) => bridge.showFile?.(path);

  return { failure, canShowFiles, cancel, retry, showFile };
});
