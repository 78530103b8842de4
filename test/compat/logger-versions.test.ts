import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { loggerApps } from './apps.ts';
import { type Destination, exampleRun, startDestination } from './delivered.ts';

const apps = inject('apps');
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

describe('logger versions', () => {
  const rows = loggerApps.flatMap((app) =>
    ['mjs', 'cjs'].map((format) => [app.logger, app.version, format] as const),
  );

  it.each(rows)('%s %s, %s', async (logger, version, format) => {
    const name = `${logger}-${version}`;
    const manifest = readFileSync(join(apps, name, 'node_modules', logger, 'package.json'), 'utf8');
    expect((JSON.parse(manifest) as { version: string }).version).toBe(version);
    expect(await destination.run(join(apps, name, `app.${format}`))).toEqual(exampleRun(logger));
  });
});
