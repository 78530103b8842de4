import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { exampleLogs } from '../examples/example-logs.ts';
import { startProgram } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { installApps, packAll } from '../packed/app-workspace.ts';
import { PACKED_APPS, writePackedPrograms } from '../packed/packed-apps.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const LOGGERS = ['pino', 'winston', 'bunyan', 'logger'];

let copy: string;
let folders: string[];
let version: string;
let apps: string;
let tarballs: Map<string, string>;
let collector: CollectorProcess;

/** A copy of what is in the repository, as it lies here, with the installed packages beside it. */
async function copyRepository(): Promise<string> {
  const to = makeTempDirectory('release');
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(root, file), join(to, file));
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  for (const folder of readdirSync(join(to, 'packages'), { withFileTypes: true })) {
    const installed = join(root, 'packages', folder.name, 'node_modules');
    // Links, from a package to its neighbours in the copy.
    if (folder.isDirectory() && existsSync(installed)) {
      cpSync(installed, join(to, 'packages', folder.name, 'node_modules'), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
  }
  return to;
}

function manifestOf(folder: string): { name: string; version: string } {
  const text = readFileSync(join(copy, 'packages', folder, 'package.json'), 'utf8');
  return JSON.parse(text) as { name: string; version: string };
}

/** Runs commands of a script of the copy's, with the tools of this repository. */
async function runScript(commands: string): Promise<void> {
  const PATH = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;
  await run('sh', ['-c', commands], { cwd: copy, env: { ...process.env, PATH } });
}

beforeAll(async () => {
  copy = await copyRepository();
  const isFolder = (name: string): boolean => existsSync(join(copy, 'packages', name, 'package.json'));
  folders = readdirSync(join(copy, 'packages')).filter(isFolder);
  const { scripts } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as {
    scripts: { version: string; build: string };
  };
  // But the last of its commands, which brings the lockfile up to date and needs the registry.
  await runScript(scripts.version.replace(' && pnpm install --lockfile-only', ''));
  version = manifestOf('core-sender').version;
  await runScript(scripts.build);
  tarballs = await packAll(makeTempDirectory('tarballs'), copy);
  apps = makeTempDirectory('apps');
  await installApps(apps, tarballs, PACKED_APPS);
  writePackedPrograms(apps);
  collector = await startCollectorProcess();
}, 240_000);

it('gives every package the next version, and a changelog that says why', () => {
  const before = JSON.parse(readFileSync(join(root, 'packages/core-sender/package.json'), 'utf8')) as {
    version: string;
  };
  expect(version).not.toBe(before.version);
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(folders.map((folder) => [folder, manifestOf(folder).version])).toEqual(
    folders.map((folder) => [folder, version]),
  );
  for (const folder of folders) {
    const changelog = readFileSync(join(copy, 'packages', folder, 'CHANGELOG.md'), 'utf8');
    expect(changelog).toContain(`# @tracehub/${folder}\n\n## ${version}\n`);
  }
  expect(readdirSync(join(copy, '.changeset')).toSorted()).toEqual(['README.md', 'config.json']);
});

it('packs each package under its name and version', () => {
  expect([...tarballs.keys()].toSorted()).toEqual(folders.map((folder) => `@tracehub/${folder}`).toSorted());
  for (const file of tarballs.values()) expect(file).toContain(`-${version}.tgz`);
});

it.each(LOGGERS.flatMap((logger) => ['mjs', 'cjs'].map((format) => [logger, format] as const)))(
  'logs with what was packed, under the new version: %s, %s',
  async (logger, format) => {
    const program = startProgram(join(apps, logger, `app.${format}`), {
      env: { TRACEHUB_ENDPOINT: collector.url, TRACEHUB_API_KEY: collector.apiKey },
      limit: 60_000,
    });
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
    const logs = (await collector.logs()).filter((log) => log.pid === program.pid);
    expect(logs).toEqual(exampleLogs(logger));
    expect(logs.map((log) => log.sdk_version)).toEqual([`${logger}/${version}`, `${logger}/${version}`]);
  },
);
