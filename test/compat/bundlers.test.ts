import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { runProgram } from '../kit/child.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { type Destination, exampleRun, startDestination } from './delivered.ts';

const bundleProgram = fileURLToPath(new URL('programs/bundle.mjs', import.meta.url));
const apps = inject('apps');
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

/** Bundles a program of an app; gives the file. It lies alone in its folder, where no package can be found. */
async function bundle(
  bundler: string,
  entry: string,
  options: { into?: string; external?: string[] } = {},
): Promise<string> {
  const { into = makeTempDirectory('bundle'), external = [] } = options;
  const args = [bundler, join(apps, entry), into, ...external];
  const { code, stdout, stderr } = await runProgram(bundleProgram, { args, limit: 120_000 });
  expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: '' });
  const file = entry.slice(entry.indexOf('/') + 1);
  expect(readdirSync(into)).toContain(file);
  return join(into, file);
}

const formats = ['mjs', 'cjs'];

describe.each(['esbuild', 'webpack', 'vite'])('bundled by %s', (bundler) => {
  const whole = [
    ['pino', 'pino/in-process'],
    ['winston', 'winston/app'],
    ['bunyan', 'bunyan/app'],
    ['logger', 'logger/app'],
  ] as const;
  const rows = whole.flatMap(([logger, entry]) => formats.map((format) => [logger, entry, format] as const));

  it.each(rows)('%s, all in one file: %s.%s', async (logger, entry, format) => {
    const file = await bundle(bundler, `${entry}.${format}`);
    expect(await destination.run(file, { cwd: join(file, '..') })).toEqual(exampleRun(logger));
  });

  it.each(formats)('middleware, all in one file: %s', async (format) => {
    const file = await bundle(bundler, `middleware/app.${format}`);
    const program = destination.start(file);
    const url = await program.line('listening on');
    const headers = { 'X-Trace-ID': 'order-17', connection: 'close' };
    expect((await fetch(url, { headers })).headers.get('x-trace-id')).toBe('order-17');
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  });

  it.each(formats)('redaction, all in one file: %s', async (format) => {
    const file = await bundle(bundler, `logger/redact.${format}`);
    const { code, stderr, logs } = await destination.run(file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(logs.map(({ extra }) => extra)).toEqual([{ user: { name: 'Ada', password: '[REDACTED]' } }]);
  });

  const workers = ['worker', 'helper'].flatMap((program) => formats.map((format) => [program, format]));

  it.each(workers)("pino's worker, with pino and @tracehub/pino outside: %s.%s", async (program, format) => {
    // Where the packages are: in the app's own folder.
    const into = makeTempDirectory('bundle', join(apps, 'pino'));
    const external = ['pino', '@tracehub/pino'];
    const file = await bundle(bundler, `pino/${program}.${format}`, { into, external });
    expect(await destination.run(file)).toEqual(exampleRun('pino'));
  });

  it.each(formats)("winston's worker, with @tracehub/winston outside: %s", async (format) => {
    const into = makeTempDirectory('bundle', join(apps, 'winston'));
    const external = ['@tracehub/winston'];
    const file = await bundle(bundler, `winston/winston-worker.${format}`, { into, external });
    expect(await destination.run(file)).toEqual(exampleRun('winston'));
  });

  it.each(formats)(
    'does without the worker and says so, all in one file: winston-worker.%s',
    async (format) => {
      const file = await bundle(bundler, `winston/winston-worker.${format}`);
      const { stderr, ...run } = await destination.run(file);
      expect({ ...run, stderr: '' }).toEqual(exampleRun('winston'));
      expect(stderr).toMatch(/TRACEHUB_NO_WORKER.*in a bundle leave the @tracehub packages outside/s);
      expect(stderr.match(/TRACEHUB_NO_WORKER/g)).toHaveLength(1);
    },
  );

  it.each(formats)(
    "ends with pino's own words where its target is in the bundle: worker.%s",
    async (format) => {
      const { code, stderr } = await destination.run(await bundle(bundler, `pino/worker.${format}`));
      expect(code).toBe(1);
      expect(stderr).toContain('unable to determine transport target for "@tracehub/pino"');
    },
  );

  it.each(formats)('says what to do where pino is in the bundle: helper.%s', async (format) => {
    const file = await bundle(bundler, `pino/helper.${format}`);
    // What Node prints of an error shows its line, which here is all of the bundle.
    const main = join(file, '../main.mjs');
    writeFileSync(
      main,
      `import('${file}').catch(({ code, message }) => console.log(code + ': ' + message));`,
    );
    const { code, stdout, stderr } = await destination.run(main);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^TRACEHUB_NO_WORKER: traceHubTransport cannot start its worker \(.*\): in a bundle leave pino and @tracehub\/pino outside, or use traceHubStream\n$/s,
    );
  });
});
