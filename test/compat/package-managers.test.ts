import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { makeTempDirectory } from '../kit/temp.ts';
import { binOf, writeJson } from '../packed/app-workspace.ts';
import { writeBothFormats } from './apps.ts';
import { type Destination, exampleRun, startDestination, verdictOf } from './delivered.ts';
import { PINO_PLUGIN, newest } from './versions.ts';

const run = promisify(execFile);
const modules = fileURLToPath(new URL('node_modules/', import.meta.url));
const examples = fileURLToPath(new URL('../examples/', import.meta.url));
const programs = fileURLToPath(new URL('programs/', import.meta.url));
const tarballs = inject('tarballs');
const loggers = ['pino', 'winston', 'bunyan', 'logger'];

let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

/** An app with all loggers, the middleware and the CLI in a directory of its own, as its user would write it, not yet installed. */
function makeApp(more: Record<string, string> = {}): string {
  const app = makeTempDirectory('app');
  const own = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]));
  const wanted = [...loggers, 'core-sender', 'middleware', 'cli'].map((folder) => `@tracehub/${folder}`);
  writeJson(join(app, 'package.json'), {
    name: 'app',
    version: '1.0.0',
    private: true,
    dependencies: {
      ...Object.fromEntries(wanted.map((name) => [name, own[name]])),
      pino: newest('pino'),
      winston: newest('winston'),
      bunyan: newest('bunyan'),
      ...more,
    },
    // The transports name a version of core-sender that is not on the registry before it is released.
    overrides: { '@tracehub/core-sender': '$@tracehub/core-sender' },
    // A worker starts from a file, and Node reads none out of a zip archive of Plug'n'Play's.
    dependenciesMeta: { 'thread-stream': { unplugged: true } },
    resolutions: { '@tracehub/core-sender': own['@tracehub/core-sender'] },
  });
  for (const logger of loggers) {
    for (const format of ['mjs', 'cjs'])
      cpSync(join(examples, `${logger}.${format}`), join(app, `${logger}.${format}`));
  }
  cpSync(join(examples, 'http.mjs'), join(app, 'http.mjs'));
  return app;
}

async function inApp(app: string, program: string, ...args: string[]): Promise<void> {
  const env = { ...process.env, CI: '1' };
  await run(program, args, { cwd: app, env, maxBuffer: 2 ** 24 }).catch(
    (error: { stdout: string; stderr: string; message: string }) => {
      throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
    },
  );
}

const node = process.execPath;
const berry = join(modules, '@yarnpkg/cli-dist/bin/yarn.js');

/** Yarn 2 and newer: with a folder node_modules, or with none at all. */
async function installWithBerry(app: string, nodeLinker: string): Promise<void> {
  const settings = [
    `nodeLinker: ${nodeLinker}`,
    'enableGlobalCache: false',
    'enableTelemetry: false',
    'enableScripts: false',
    `npmRegistryServer: ${(await run('npm', ['config', 'get', 'registry'])).stdout.trim()}`,
    "unsafeHttpWhitelist: ['*']",
  ];
  writeFileSync(join(app, '.yarnrc.yml'), `${settings.join('\n')}\n`);
  writeFileSync(join(app, 'yarn.lock'), '');
  await inApp(app, node, berry, 'install', '--no-immutable');
}

const managers: Record<string, (app: string) => Promise<void>> = {
  npm: (app) => inApp(app, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts'),
  pnpm: (app) => {
    writeJson(join(app, 'pnpm-workspace.yaml'), {
      overrides: { '@tracehub/core-sender': `file:${tarballs['@tracehub/core-sender']}` },
      allowBuilds: { 'dtrace-provider': false },
    });
    return inApp(app, 'npx', '--yes', 'pnpm@12.21.0', 'install', '--prefer-offline', '--no-frozen-lockfile');
  },
  'yarn 1': (app) =>
    inApp(app, node, join(modules, 'yarn/bin/yarn.js'), 'install', '--ignore-scripts', '--no-progress'),
  'yarn 4, node_modules': (app) => installWithBerry(app, 'node-modules'),
  "yarn 4, Plug'n'Play": (app) => installWithBerry(app, 'pnp'),
};

/**
 * What `yarn node` sets. The same as flags of Node would not do: an ES module whose Node was started with `--require` has
 * no `require.main`, and pino 10 then takes itself to be preloaded and starts its worker without any of the flags.
 */
function yarnNode(app: string): Record<string, string> {
  const hooks = `--require ${join(app, '.pnp.cjs')} --experimental-loader ${join(app, '.pnp.loader.mjs')}`;
  return { NODE_OPTIONS: hooks, NODE_NO_WARNINGS: '1' };
}

describe.each(Object.keys(managers))('installed by %s', (manager) => {
  let app: string;
  beforeAll(async () => {
    app = makeApp();
    await managers[manager]?.(app);
  });

  const rows = loggers.flatMap((logger) => ['mjs', 'cjs'].map((format) => [logger, format] as const));
  it.each(rows)('%s, %s', async (logger, format) => {
    const env: Record<string, string> = manager.includes('Play') ? yarnNode(app) : {};
    expect(await destination.run(join(app, `${logger}.${format}`), { cwd: app, env })).toEqual(
      exampleRun(logger),
    );
  });

  it('middleware, mjs', async () => {
    const env: Record<string, string> = manager.includes('Play') ? yarnNode(app) : {};
    const program = destination.start(join(app, 'http.mjs'), { cwd: app, env });
    const url = await program.line('listening on');
    const headers = { 'X-Trace-ID': 'order-17', connection: 'close' };
    expect((await fetch(url, { headers })).headers.get('x-trace-id')).toBe('order-17');
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ stderr: '' });
  });

  it('cli: the doctor', async () => {
    // Without a folder node_modules there is no file to start: yarn finds the program.
    const [program, ...args] = manager.includes('Play') ? [berry, 'tracehub'] : [binOf(app, '@tracehub/cli')];
    const doctor = destination.start(program!, { args: [...args, 'doctor', '--json'], cwd: app });
    expect(verdictOf(await doctor.ended)).toMatchObject({ status: 'ok' });
  });
});

describe(`bundled by esbuild ${PINO_PLUGIN.esbuild} with esbuild-plugin-pino`, () => {
  let app: string;
  beforeAll(async () => {
    app = makeApp(PINO_PLUGIN);
    cpSync(join(programs, 'esbuild-plugin-pino.cjs'), join(app, 'build.cjs'));
    writeBothFormats('worker', app);
    await managers['npm']?.(app);
  });

  it.each(['mjs', 'cjs'])("pino's worker, all files in a folder of their own: %s", async (format) => {
    const outdir = join(makeTempDirectory('bundle'), 'dist');
    mkdirSync(outdir);
    await inApp(app, node, 'build.cjs', `worker.${format}`, outdir);
    expect(await destination.run(join(outdir, 'app.js'), { cwd: outdir })).toEqual(exampleRun('pino'));
  });

  it('is the newest esbuild that the plugin allows: npm refuses a newer one beside it', async () => {
    const newer = makeApp({ ...PINO_PLUGIN, esbuild: '0.25.9' });
    await expect(managers['npm']?.(newer)).rejects.toThrow(/ERESOLVE[^]+peer esbuild@"[^"]*0\.25\.8"/);
  });
});
