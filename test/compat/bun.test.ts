import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Destination, exampleRun, startDestination } from './delivered.ts';

const apps = inject('apps');
const runtime = fileURLToPath(new URL('node_modules/@oven/bun-linux-x64/bin/bun', import.meta.url));
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

// A smoke: Bun is not among what is promised.
describe('Bun 1.4', () => {
  it('is the Bun it says', () => {
    expect(execFileSync(runtime, ['--version'], { encoding: 'utf8' })).toMatch(/^1\.4\./);
  });

  const rows = [
    ['pino', 'pino/app'],
    ['pino', 'pino/in-process'],
    ['winston', 'winston/app'],
    ['bunyan', 'bunyan/app'],
    ['logger', 'logger/app'],
  ].flatMap(([logger = '', entry = '']) => ['mjs', 'cjs'].map((format) => [logger, entry, format] as const));
  it.each(rows)('%s: %s.%s', async (logger, entry, format) => {
    expect(await destination.run(join(apps, `${entry}.${format}`), { runtime })).toEqual(exampleRun(logger));
  });
});
