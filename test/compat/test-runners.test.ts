import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Destination, startDestination } from './delivered.ts';

const apps = inject('apps');
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

const runners = {
  'Jest 30': {
    name: 'jest',
    program: 'jest/node_modules/jest/bin/jest.js',
    args: ['--detectOpenHandles', '--ci', '--testTimeout=60000', '--testMatch=**/app.test.cjs'],
    summary: /Tests: +7 passed, 7 total/,
  },
  'vitest 4': {
    name: 'vitest',
    program: 'vitest/node_modules/vitest/vitest.mjs',
    args: ['run', '--testTimeout=60000'],
    summary: /Tests +7 passed \(7\)/,
  },
};

describe('test runners', () => {
  it.each(Object.entries(runners))('%s', async (_, { name, program, args, summary }) => {
    const { code, stdout, stderr } = await destination.run(join(apps, program), {
      args,
      cwd: join(apps, name),
      env: { NO_COLOR: '1', TRACEHUB_ENVIRONMENT: name },
    });
    const output = stdout + stderr;
    expect(output).toMatch(summary);
    expect(output).not.toMatch(/did not exit|open handle|TRACEHUB_|Warning/);
    expect(code).toBe(0);
    // A runner may run tests in other processes than its own.
    const logs = await destination.collector.logs({ environment: name });
    expect(logs.map(({ message }) => message).toSorted()).toEqual([
      'bunyan',
      'logger',
      'pino in-process',
      'pino target',
      'pino worker',
      'winston',
    ]);
  });
});
