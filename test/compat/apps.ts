import { cpSync } from 'node:fs';
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
    logger: ['redact'],
  })) {
    for (const file of files) {
      for (const format of ['mjs', 'cjs'])
        cpSync(join(programs, `${file}.${format}`), join(directory, app, `${file}.${format}`));
    }
  }
  for (const app of ['jest', 'vitest', 'next'])
    cpSync(join(programs, app), join(directory, app), { recursive: true });
}
