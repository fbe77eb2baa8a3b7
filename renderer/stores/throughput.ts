import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { sampleOf, withSample, type ThroughputSample } from '../format/throughput.ts';
import { useEngine } from './engine.ts';

const stepMs = 1_000;

/** The speed of the last five minutes. Begun with the app, so that Overview has a past whenever it is looked at. */
export const useThroughput = defineStore('throughput', () => {
  const engine = useEngine();
  const samples = shallowRef<readonly ThroughputSample[]>([]);
  setInterval(() => {
    if (engine.flow !== undefined) samples.value = withSample(samples.value, sampleOf(engine.flow, Date.now()));
  }, stepMs);
  return { samples };
});
