import { defineStore } from 'pinia';
import { computed, ref, watchEffect } from 'vue';

export const themes = ['light', 'dark', 'system'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'uploader-theme';
const asTheme = (text: string | null): Theme => themes.find((theme) => theme === text) ?? 'system';

export const useTheme = defineStore('theme', () => {
  const theme = ref<Theme>(asTheme(localStorage.getItem(storageKey)));
  const systemQuery = window.matchMedia('(prefers-color-scheme: dark)');
  const systemIsDark = ref(systemQuery.matches);
  systemQuery.addEventListener('change', (event) => {
    systemIsDark.value = event.matches;
  });

  const isDark = computed(() => theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value));
  watchEffect(() => {
    document.documentElement.classList.toggle('dark', isDark.value);
    document.documentElement.classList.toggle('light', !isDark.value);
  });

  const choose = (next: Theme) => {
    theme.value = next;
    localStorage.setItem(storageKey, next);
  };
  return { theme, isDark, choose };
});
