import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The version that npx fetches where no pnpm is on the path; the README's. */
const PNPM = 'pnpm@12.21.0';

/** Packages with a build script that an app can do without; pnpm wants each to be named. */
const UNBUILT = ['dtrace-provider', 'esbuild', 'sharp', 'unrs-resolver', '@parcel/watcher'];

/** What an app depends on. */
export interface AppPlan {
  /** Packages of ours, by folder. */
  readonly packages: readonly string[];
  /** Everything else, with its version. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Packs every package of a repository into `directory` and gives the tarball of each by package name. */
export async function packAll(directory: string, repository: string = root): Promise<Map<string, string>> {
  await pnpm(repository, '-r', '--filter', './packages/*', 'pack', '--pack-destination', directory);
  return new Map(
    readdirSync(directory).map((file) => {
      const folder = /^tracehub-(.+)-\d+\.\d+\.\d+.*\.tgz$/.exec(file)?.[1];
      return [`@tracehub/${folder}`, join(directory, file)];
    }),
  );
}

/**
 * Installs apps side by side in `directory`, a folder each. An app depends on its tarballs and what else it names:
 * pnpm lets it see nothing that it does not declare.
 */
export async function installApps(
  directory: string,
  tarballs: ReadonlyMap<string, string>,
  apps: Readonly<Record<string, AppPlan>>,
): Promise<void> {
  for (const [name, { packages, dependencies }] of Object.entries(apps)) {
    const own = packages.map((folder) => [`@tracehub/${folder}`, fileOf(tarballs, `@tracehub/${folder}`)]);
    mkdirSync(join(directory, name), { recursive: true });
    writeJson(join(directory, name, 'package.json'), {
      name: `${name}-app`,
      private: true,
      dependencies: { ...Object.fromEntries(own), ...dependencies },
    });
  }
  writeJson(join(directory, 'package.json'), { private: true });
  // JSON is YAML.
  writeJson(join(directory, 'pnpm-workspace.yaml'), {
    packages: ['*'],
    // What the tarballs depend on is not on the registry before it is released.
    overrides: Object.fromEntries([...tarballs.keys()].map((name) => [name, fileOf(tarballs, name)])),
    allowBuilds: Object.fromEntries(UNBUILT.map((name) => [name, false])),
    // Else a package finds what any other depends on, and works here without declaring it.
    hoist: false,
  });
  await pnpm(directory, 'install', '--prefer-offline', '--no-frozen-lockfile');
}

/** The version this repository is tested with, so that the apps install what the store already has. */
export function installedVersion(packageName: string): string {
  // By its path: not every package exports this file.
  const file = join(root, 'test/node_modules', packageName, 'package.json');
  return (readJson(file) as { version: string }).version;
}

/** The file that an installed package runs as its only command. */
export function binOf(app: string, packageName: string): string {
  const folder = join(app, 'node_modules', packageName);
  const { bin } = readJson(join(folder, 'package.json')) as { bin: Record<string, string> };
  return join(folder, Object.values(bin)[0] ?? '');
}

export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

function fileOf(tarballs: ReadonlyMap<string, string>, packageName: string): string {
  return `file:${tarballs.get(packageName)}`;
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
