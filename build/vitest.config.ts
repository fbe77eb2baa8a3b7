import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { root } from './repository.ts';

/** Whether the files of a project may run at the same time. Windows get the machine to themselves. */
const together = { pool: 'forks', isolate: true } as const;
/** Each has folders, ports and processes of its own, and waits for them most of the time. */
const twoAtATime = { pool: 'forks', isolate: true, maxWorkers: 2 } as const;
const oneByOne = { pool: 'forks', isolate: true, fileParallelism: false, maxWorkers: 1 } as const;

/** Tests that need Electron: where it cannot be had, `npm test` names them as skipped. */
const desktopTests = ['tests/e2e/desktop/**/*.test.ts', 'tests/security/renderer-isolation.test.ts'];

export default defineConfig({
  root,
  // Modules that the page's build provides are not there in tests; components are mounted without it.
  plugins: [vue()],
  test: {
    retry: 0,
    allowOnly: false,
    passWithNoTests: true,
    teardownTimeout: 20_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 30_000, ...together } },
      {
        extends: true,
        test: { name: 'contract', include: ['tests/contract/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, ...together },
      },
      {
        extends: true,
        test: {
          name: 'security',
          include: ['tests/security/**/*.test.ts'],
          exclude: desktopTests,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...twoAtATime,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          ...twoAtATime,
        },
      },
      {
        extends: true,
        test: { name: 'faults', include: ['tests/faults/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 60_000, ...twoAtATime },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: desktopTests,
          testTimeout: 240_000,
          hookTimeout: 120_000,
          ...oneByOne,
        },
      },
      {
        extends: true,
        test: { name: 'desktop', include: desktopTests, testTimeout: 240_000, hookTimeout: 120_000, ...oneByOne },
      },
    ],
  },
});
