import { defineStore } from 'pinia';
import { ref } from 'vue';

const stepMs = 15_000;

/** The time, for texts such as “5 minutes ago”. Steps four times a minute. */
export const useNow = defineStore('now', () => {
  const now = ref(Date.now());
  setInterval(() => (now.value = Date.now()), stepMs);
  return { now };
});
