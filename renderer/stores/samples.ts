import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { CommandOutput } from '../../shared/contract/contract.ts';
import { bridge } from '../bridge.ts';

export type SampleFile = CommandOutput<'files.samples'>['files'][number];

/** The files that come with the app. */
export const useSamples = defineStore('samples', () => {
  const files = shallowRef<readonly SampleFile[]>([]);
  const load = async () => {
    if (files.value.length > 0) return;
    const answer = await bridge.call('files.samples', {});
    if (answer.ok) files.value = answer.value.files;
  };
  return { files, load };
});
