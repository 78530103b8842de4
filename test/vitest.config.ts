import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** Set to run the lanes at the size their goals name (test/README.md); otherwise at the size of CI. */
const isFull = process.env['TRACEHUB_FULL'] === '1';

interface LaneSettings {
  /** Folders of `test`; by default that of the lane's name. */
  folders?: readonly string[];
  globalSetup?: readonly string[];
  /** Files at once. Two for what neither measures nor fills a machine of two cores: a default would leave one of them idle. */
  maxWorkers?: number;
}

/** A project of `test`, whose files run one after another: they start processes and measure. */
function lane(
  name: string,
  order: number,
  seconds: number,
  { folders = [name], globalSetup = [], maxWorkers = 1 }: LaneSettings = {},
): object {
  return {
    extends: true,
    test: {
      name,
      include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
      benchmark: { include: [] },
      testTimeout: seconds * 1000,
      // Starting servers and embedded databases takes seconds of CPU, which others may want too.
      hookTimeout: 180_000,
      maxWorkers,
      globalSetup,
      sequence: { groupOrder: order },
    },
  };
}

export default defineConfig({
  root,
  resolve: {
    // Tests see the sources, so that coverage and stack traces do; worker threads and child processes see `dist`.
    alias: [
      {
        find: /^@tracehub\/core-sender\/(trace|dead-letters)$/,
        replacement: `${root}packages/core-sender/src/$1.ts`,
      },
      { find: /^@tracehub\/middleware\/(\w+)$/, replacement: `${root}packages/middleware/src/$1.ts` },
      {
        find: /^@tracehub\/(core-sender|pino|winston|bunyan|logger|collector)$/,
        replacement: `${root}packages/$1/src/index.ts`,
      },
    ],
  },
  test: {
    setupFiles: [`${root}test/kit/setup.ts`],
    reporters: ['default', `${root}test/kit/count-reporter.ts`],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'test/kit/**/*.test.ts', 'test/{bench,teeth}/*.test.mjs'],
          exclude: ['packages/cli/**'],
          benchmark: { include: ['packages/*/test/**/*.bench.ts'] },
          testTimeout: 20_000,
          // Setting up an embedded database takes seconds of CPU, which others may want too.
          hookTimeout: 60_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'cli',
          include: ['packages/cli/test/**/*.test.ts'],
          benchmark: { include: [] },
          // Each test runs the program several times.
          testTimeout: 90_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      lane('e2e', 1, 120, { folders: ['e2e', 'examples'], maxWorkers: 2 }),
      lane('model', 1, isFull ? 3_600 : 120, { maxWorkers: 2 }),
      lane('simulation', 1, 120, { maxWorkers: 2 }),
      // Alone on the machine: what it measures is memory and the event loop.
      lane('load', 2, isFull ? 180 : 60),
      lane('packed', 3, 180, { globalSetup: [`${root}test/packed/set-up.ts`] }),
      lane('release', 3, 60),
      lane('faults', 4, isFull ? 1_800 : 120),
      lane('crash', 5, isFull ? 3_600 : 180),
      lane('page', 6, 120),
      lane('collector', 8, isFull ? 3_600 : 180, { maxWorkers: isFull ? 1 : 2 }),
      lane('soak', 7, isFull ? 2_400 : 180),
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      reporter: ['text-summary', 'lcov'],
      reportsDirectory: `${root}test/.coverage`,
    },
  },
});
