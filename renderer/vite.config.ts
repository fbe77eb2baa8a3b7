import { fileURLToPath } from 'node:url';
import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vite';
import { icons } from './icons.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Nuxt UI writes its colours into a `<style>` at run time, which the page's policy (`style-src 'self'`) refuses.
 * `styles/theme.css` holds them instead; this takes the writer out.
 */
const staticColours: Plugin = {
  name: 'uploader:static-colours',
  enforce: 'pre',
  load: (id) =>
    /@nuxt\/ui\/dist\/runtime\/plugins\/colors\.js$/.test(id.replaceAll('\\', '/')) ? 'export default { install() {} };' : undefined,
};

const smallIcons = { leadingIcon: 'size-4', trailingIcon: 'size-4' };

/** Where Nuxt UI's looks are changed: smaller icons, and hovered buttons that keep their contrast. */
const appearance = {
  colors: { primary: 'primary', success: 'success', warning: 'warning', error: 'error', info: 'info', neutral: 'slate' },
  button: {
    variants: { size: { sm: smallIcons, md: smallIcons, lg: smallIcons } },
    compoundVariants: [
      { color: 'primary', variant: 'solid', class: 'hover:bg-primary/90 active:bg-primary/85' },
      { color: 'error', variant: 'solid', class: 'hover:bg-error/90 active:bg-error/85' },
    ],
  },
  modal: { slots: { overlay: 'fixed inset-0 bg-neutral-950/50' } },
} as const;

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [
    staticColours,
    vue(),
    ui({
      router: false,
      colorMode: false,
      autoImport: false,
      components: false,
      dts: false,
      experimental: { componentDetection: true },
      theme: { colors: ['primary', 'success', 'warning', 'error', 'info'] },
      ui: appearance,
      icon: { clientBundle: { icons: Object.values(icons), scan: false } },
    }),
  ],
  build: {
    outDir: here('../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
