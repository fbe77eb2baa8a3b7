import { defineStore } from 'pinia';
import { ref, watchEffect } from 'vue';

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

  watchEffect(() => {
    const dark = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value);
    document.documentElement.classList.toggle('dark', dark);
    document.documentElement.classList.toggle('light', !dark);
  });

  const choose = (next: Theme) => {
    theme.value = next;
    localStorage.setItem(storageKey, next);
  };
  return { theme, choose };
});
