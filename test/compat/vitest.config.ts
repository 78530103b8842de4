import { defineConfig } from 'vitest/config';

const root = new URL('../..', import.meta.url).pathname;

/** A configuration of its own: what is tested here is installed by its own command, and the apps see no sources. */
export default defineConfig({
  root,
  test: {
    name: 'compat',
    include: ['test/compat/*.test.ts'],
    globalSetup: [`${root}test/compat/set-up.ts`],
    setupFiles: [`${root}test/kit/setup.ts`],
    reporters: ['default', `${root}test/kit/count-reporter.ts`, `${root}test/compat/table-reporter.ts`],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
