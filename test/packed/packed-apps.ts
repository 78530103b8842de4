import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = join(root, 'test/examples');
const consumers = join(root, 'test/packed/consumers');

/** The version that npx fetches where no pnpm is on the path; the README's. */
const PNPM = 'pnpm@12.21.0';

/** What an app installs beside its package; the middleware's has neither Express nor Koa, nor types of them. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  pino: ['pino'],
  winston: ['winston'],
  bunyan: ['bunyan', '@types/bunyan'],
  logger: [],
  middleware: ['fastify', 'hono'],
};

/** Packs every package into `directory` and gives the tarball of each by package name. */
export async function packAll(directory: string): Promise<Map<string, string>> {
  await pnpm(root, '-r', '--filter', './packages/*', 'pack', '--pack-destination', directory);
  return new Map(
    readdirSync(directory).map((file) => {
      const folder = /^tracehub-(.+)-\d+\.\d+\.\d+.*\.tgz$/.exec(file)?.[1];
      return [`@tracehub/${folder}`, join(directory, file)];
    }),
  );
}

/**
 * Makes an app per logger in `directory`, one with the middleware and one with the collector, and installs them. An
 * app depends on its tarball and its logger or framework alone: pnpm lets it see nothing that it does not declare.
 */
export async function installApps(directory: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  for (const [folder, beside] of Object.entries(BESIDE)) {
    const app = makeApp(directory, tarballs, folder, ['@types/node', ...beside]);
    const programs = folder === 'middleware' ? consumers : examples;
    for (const format of ['mjs', 'cjs'])
      cpSync(join(programs, `${folder}.${format}`), join(app, `app.${format}`));
    for (const format of ['mts', 'cts']) cpSync(join(consumers, `${folder}.ts`), join(app, `app.${format}`));
    writeJson(join(app, 'tsconfig.json'), {
      compilerOptions: { module: 'node16', target: 'es2023', types: ['node'], strict: true, noEmit: true },
      files: ['app.mts', 'app.cts'],
    });
  }
  makeApp(directory, tarballs, 'collector', []);
  writeJson(join(directory, 'package.json'), { private: true });
  // JSON is YAML.
  writeJson(join(directory, 'pnpm-workspace.yaml'), {
    packages: ['*'],
    // What the tarballs depend on is not on the registry before it is released.
    overrides: { '@tracehub/core-sender': `file:${tarballs.get('@tracehub/core-sender')}` },
    allowBuilds: { 'dtrace-provider': false },
    // Else a package finds what any other depends on, and works here without declaring it.
    hoist: false,
  });
  await pnpm(directory, 'install', '--prefer-offline', '--no-frozen-lockfile');
}

/** Type-checks an app; gives what the compiler says, which is nothing if all is well. */
export async function typeCheck(app: string): Promise<string> {
  const program = join(root, 'node_modules/typescript/bin/tsc');
  return await run(process.execPath, [program, '-p', app]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
}

/** The file that an installed package runs as its only command. */
export function binOf(app: string, packageName: string): string {
  const folder = join(app, 'node_modules', packageName);
  const { bin } = readJson(join(folder, 'package.json')) as { bin: Record<string, string> };
  return join(folder, Object.values(bin)[0] ?? '');
}

function makeApp(
  directory: string,
  tarballs: ReadonlyMap<string, string>,
  folder: string,
  beside: readonly string[],
): string {
  const app = join(directory, folder);
  mkdirSync(app, { recursive: true });
  const own = `@tracehub/${folder}`;
  const others = Object.fromEntries(beside.map((name) => [name, installedVersion(name)]));
  writeJson(join(app, 'package.json'), {
    name: `${folder}-app`,
    private: true,
    dependencies: { [own]: `file:${tarballs.get(own)}`, ...others },
  });
  return app;
}

/** The version this repository is tested with, so that the apps install what the store already has. */
function installedVersion(packageName: string): string {
  // By its path: not every package exports this file.
  const file = join(root, 'test/node_modules', packageName, 'package.json');
  return (readJson(file) as { version: string }).version;
}

async function pnpm(cwd: string, ...args: string[]): Promise<void> {
  const [program, ...prefix] = (await isOnPath('pnpm')) ? ['pnpm'] : ['npx', '--yes', PNPM];
  await run(program as string, [...prefix, ...args], { cwd, maxBuffer: 2 ** 24 }).catch(
    (error: { stdout?: string; stderr?: string; message: string }) => {
      throw new Error(`pnpm ${args.join(' ')}: ${error.message}\n${error.stdout}\n${error.stderr}`);
    },
  );
}

async function isOnPath(program: string): Promise<boolean> {
  return await run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
