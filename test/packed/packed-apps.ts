import { execFile } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type AppPlan, installedVersion, writeJson } from './app-workspace.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = join(root, 'test/examples');
const consumers = join(root, 'test/packed/consumers');

/** What an app installs beside its package; the middleware's has neither Express nor Koa, nor types of them. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  pino: ['pino'],
  winston: ['winston'],
  bunyan: ['bunyan', '@types/bunyan'],
  logger: [],
  middleware: ['fastify', 'hono'],
};

/** An app per package, that depends on it alone, and on the logger or frameworks it is for. */
export const PACKED_APPS: Readonly<Record<string, AppPlan>> = {
  ...Object.fromEntries(
    Object.entries(BESIDE).map(([folder, beside]) => [
      folder,
      { packages: [folder], dependencies: versionsOf(['@types/node', ...beside]) },
    ]),
  ),
  ...Object.fromEntries(
    readdirSync(join(root, 'packages'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !Object.hasOwn(BESIDE, entry.name))
      .map(({ name }) => [name, { packages: [name], dependencies: {} }]),
  ),
};

/** The program of each format, `app.mjs` and `app.cjs`, and what a TypeScript app may write, `app.mts` and `app.cts`. */
export function writePackedPrograms(directory: string): void {
  for (const folder of Object.keys(BESIDE)) {
    const app = join(directory, folder);
    const programs = folder === 'middleware' ? consumers : examples;
    for (const format of ['mjs', 'cjs'])
      cpSync(join(programs, `${folder}.${format}`), join(app, `app.${format}`));
    for (const format of ['mts', 'cts']) cpSync(join(consumers, `${folder}.ts`), join(app, `app.${format}`));
  }
}

/** How an app is compiled: by which TypeScript (its folder), and how that finds modules. */
export interface Compiler {
  readonly typescript?: string;
  readonly module?: string;
  readonly moduleResolution?: string;
  readonly files?: readonly string[];
}

/** Type-checks an app; gives what the compiler says, which is nothing if all is well. */
export async function typeCheck(app: string, compiler: Compiler = {}): Promise<string> {
  const { typescript = join(root, 'node_modules/typescript'), files = ['app.mts', 'app.cts'] } = compiler;
  const { module = 'node16', moduleResolution = module } = compiler;
  writeJson(join(app, 'tsconfig.json'), {
    compilerOptions: {
      module,
      moduleResolution,
      target: 'es2023',
      types: ['node'],
      strict: true,
      noEmit: true,
    },
    files,
  });
  const program = join(typescript, 'bin/tsc');
  // A compiler that outlives its test would slow down the next one.
  const limit = { timeout: 280_000, killSignal: 'SIGKILL' } as const;
  return await run(process.execPath, [program, '-p', app], limit).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
}

function versionsOf(packageNames: readonly string[]): Record<string, string> {
  return Object.fromEntries(packageNames.map((name) => [name, installedVersion(name)]));
}
