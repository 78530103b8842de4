import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppPlan } from '../packed/app-workspace.ts';
import { PACKED_APPS, writePackedPrograms } from '../packed/packed-apps.ts';
import { JEST, LOGGERS, NEXT, VITEST, newest } from './versions.ts';

const programs = fileURLToPath(new URL('programs/', import.meta.url));
const examples = fileURLToPath(new URL('../examples/', import.meta.url));

const allLoggers = {
  packages: ['pino', 'winston', 'bunyan', 'logger'],
  dependencies: { pino: newest('pino'), winston: newest('winston'), bunyan: newest('bunyan') },
};

/** An app for each version of each logger; what they run is the README's program. */
export const loggerApps = Object.entries(LOGGERS).flatMap(([logger, versions]) =>
  versions.map((version) => ({ name: `${logger}-${version}`, logger, version })),
);

/** Every app that the rows run or bundle, besides those the package managers install themselves. */
export const APPS: Readonly<Record<string, AppPlan>> = {
  ...PACKED_APPS,
  ...Object.fromEntries(
    loggerApps.map(({ name, logger, version }) => [
      name,
      { packages: [logger], dependencies: { [logger]: version } },
    ]),
  ),
  jest: { ...allLoggers, dependencies: { ...allLoggers.dependencies, ...JEST } },
  vitest: { ...allLoggers, dependencies: { ...allLoggers.dependencies, ...VITEST } },
  next: {
    packages: ['pino', 'winston'],
    dependencies: { pino: newest('pino'), winston: newest('winston'), ...NEXT },
  },
};

/** Puts the programs of all apps into their folders. */
export function writePrograms(directory: string): void {
  writePackedPrograms(directory);
  for (const { name, logger } of loggerApps) {
    for (const format of ['mjs', 'cjs'])
      cpSync(join(examples, `${logger}.${format}`), join(directory, name, `app.${format}`));
  }
  for (const [app, files] of Object.entries({
    pino: ['in-process', 'worker', 'helper'],
    winston: ['winston-worker'],
    logger: ['redact'],
  })) {
    for (const file of files) writeBothFormats(file, join(directory, app));
  }
  cpSync(join(programs, 'next'), join(directory, 'next'), { recursive: true });
  const test = readFileSync(join(programs, 'test-runner/app.test.mjs'), 'utf8');
  writeFileSync(join(directory, 'vitest/app.test.mjs'), test);
  // Jest has `expect`, `test` and `jest` without being asked, and runs CommonJS.
  const forJest = test.replace(/^import .* from 'vitest';$/m, '').replaceAll('vi.', 'jest.');
  writeFileSync(join(directory, 'jest/app.test.cjs'), toCommonJs(forJest));
}

/** Puts a program of `programs/` into an app, as ES module and as CommonJS. */
export function writeBothFormats(program: string, app: string): void {
  const source = readFileSync(join(programs, `${program}.mjs`), 'utf8');
  writeFileSync(join(app, `${program}.mjs`), source);
  writeFileSync(join(app, `${program}.cjs`), toCommonJs(source));
}

/** The same program with `require` for each `import`. */
function toCommonJs(source: string): string {
  return source.replaceAll(
    /^import (.+) from (.+);$/gm,
    (_, names: string, from: string) => `const ${names.replaceAll(' as ', ': ')} = require(${from});`,
  );
}
