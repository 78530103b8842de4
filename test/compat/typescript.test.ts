import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { type Compiler, typeCheck } from '../packed/packed-apps.ts';

const apps = inject('apps');
const modules = fileURLToPath(new URL('node_modules/', import.meta.url));

/** How each kind of app finds modules: as Node does, for both formats, or as a bundler does, for ES modules. */
const RESOLUTIONS: readonly Compiler[] = [
  { module: 'node16' },
  { module: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler', files: ['app.mts'] },
];

describe.each(['5.9', '6', '7'])('TypeScript %s', (version) => {
  const rows = RESOLUTIONS.flatMap((compiler) =>
    ['pino', 'winston', 'bunyan', 'logger', 'middleware'].map(
      (app) => [compiler.moduleResolution ?? compiler.module, app, compiler] as const,
    ),
  );
  it.each(rows)('%s: %s', async (_resolution, app, compiler) => {
    const typescript = join(modules, `typescript-${version}`);
    expect(await typeCheck(join(apps, app), { ...compiler, typescript })).toBe('');
  });
});
