import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import { bridge } from '../bridge.ts';
import type { Decision } from '../format/decisions.ts';
import type { Result } from '../result.ts';

/** What can be done to watched folders. Their state is the engine's; see `useEngine().folders`. */
export const useFolders = defineStore('folders', () => {
  const failure = shallowRef<Failure>();
  const keep = <T>(answer: Result<T>): T | undefined => {
    failure.value = answer.ok ? undefined : answer.failure;
    return answer.ok ? answer.value : undefined;
  };

  /** True when it is no longer watched. */
  const remove = async (id: string): Promise<boolean> => keep(await bridge.call('folders.remove', { id })) !== undefined;
  const rescan = async (id: string): Promise<void> => void keep(await bridge.call('folders.rescan', { id }));
  /** Without a file: about those that were there at the beginning. */
  const decide = async (folderId: string, decision: Decision, fileId?: string): Promise<void> =>
    void keep(await bridge.call('folders.decide', { folderId, decision, ...(fileId !== undefined && { fileId }) }));
  const dismissRisk = async (id: string, riskId: number): Promise<void> =>
    void keep(await bridge.call('folders.dismissRisk', { id, riskId }));
  const afterPlan = async (id: string): Promise<CommandOutput<'folders.afterPlan'> | undefined> =>
    keep(await bridge.call('folders.afterPlan', { id }));

  return { failure, remove, rescan, decide, dismissRisk, afterPlan };
});
