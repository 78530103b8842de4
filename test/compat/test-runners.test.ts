import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Destination, startDestination } from './delivered.ts';

const apps = inject('apps');
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

const ways = ['bunyan', 'logger', 'pino in-process', 'pino target', 'pino worker', 'winston'];

/** The messages of a runner's processes: it may run tests in others than its own. */
async function messages(environment: string): Promise<string[]> {
  const logs = await destination.collector.logs({ environment });
  return logs.map(({ message }) => message).toSorted();
}

describe('test runners', () => {
  it('Jest 30', async () => {
    const bin = join(apps, 'jest/node_modules/jest/bin/jest.js');
    const { code, stderr } = await destination.run(bin, {
      args: ['--detectOpenHandles', '--ci', '--testTimeout=60000'],
      cwd: join(apps, 'jest'),
    });
    expect(stderr).toMatch(/Tests: +7 passed, 7 total/);
    expect(stderr).not.toMatch(/did not exit|open handle|TRACEHUB_/);
    expect(code).toBe(0);
    expect(await messages('jest')).toEqual(ways.map((way) => `jest ${way}`));
  });

  it('vitest 4', async () => {
    const bin = join(apps, 'vitest/node_modules/vitest/vitest.mjs');
    const { code, stdout, stderr } = await destination.run(bin, {
      args: ['run'],
      cwd: join(apps, 'vitest'),
      env: { NO_COLOR: '1' },
    });
    expect(stdout).toMatch(/Tests +7 passed \(7\)/);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(await messages('vitest')).toEqual(ways.map((way) => `vitest ${way}`));
  });
});
