import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { exampleLogs } from '../examples/example-logs.ts';
import { readReadmeBlocks } from '../examples/readme-blocks.ts';
import { startProgram } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { installedVersion } from './app-workspace.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const tarballs = inject('tarballs');
const blocks = readReadmeBlocks();

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
});

/** What a page says to install for a logger: the words after `npm install`. */
function toInstall(page: string, logger: string): string[] {
  const line = new RegExp(`^npm install (.*@tracehub/${logger})$`, 'm');
  return line.exec(readFileSync(root + page, 'utf8'))?.[1]?.split(' ') ?? [];
}

/** The package as it can be had here: ours packed, others in the version all tests have. */
function available(name: string): string {
  return tarballs[name] ?? `${name}@${installedVersion(name)}`;
}

/** Does in an empty directory what the reader is told. */
async function install(words: readonly string[]): Promise<string> {
  const app = makeTempDirectory('readme');
  // The transports depend on core-sender, which the registry has once it is released.
  const packages = [...words, '@tracehub/core-sender'].map(available);
  await run('npm', ['init', '--yes'], { cwd: app });
  // bunyan's optional binding is compiled by a script, and not used.
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], { cwd: app });
  return app;
}

/** Lines of the quick start that are typed into a shell. */
const COLLECTOR = 'TRACEHUB_DEV_KEY=th_dev npx @tracehub/collector';
const APP = 'TRACEHUB_API_KEY=th_dev node app.mjs';

/** Types them, in a network of its own, so that the port is free and no question leaves the machine. */
const QUICK_START = `
  ip link set lo up
  touch collector.log
  ${COLLECTOR} > collector.log 2>&1 &
  until grep -q listening collector.log; do sleep 0.1; done
  ${APP} || exit
  node -e "fetch('http://127.0.0.1:4319/api/v1/logs').then((r) => r.text()).then(console.log)"
`;

// Making a network takes root, and the kernel's own programs.
it.skipIf(process.getuid?.() !== 0)('the quick start works as it is typed', async () => {
  const [block] = blocks.filter(({ where }) => where.startsWith('README.md:'));
  const app = await install(['pino', '@tracehub/pino', '@tracehub/collector']);
  writeFileSync(join(app, 'app.mjs'), block!.code);
  for (const line of [COLLECTOR, APP])
    expect(readFileSync(`${root}README.md`, 'utf8')).toContain(`\n${line}\n`);
  const isolated = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', QUICK_START];
  const { stdout, stderr } = await run('unshare', isolated, {
    cwd: app,
    env: { PATH: process.env['PATH'], HOME: makeTempDirectory('home') },
    timeout: 120_000,
  });
  expect(stderr).toBe('');
  const { logs } = JSON.parse(stdout) as { logs: unknown[] };
  expect(logs.toReversed()).toEqual(exampleLogs('pino'));
});

describe.each(['pino', 'winston', 'bunyan', 'logger'])('who follows the READMEs for %s', (logger) => {
  const pages = ['README.md', `packages/${logger}/README.md`];
  const programs = blocks.filter(
    ({ where, file }) =>
      pages.some((page) => where.startsWith(`${page}:`)) &&
      new RegExp(`/${logger}\\.[mc]js$`).test(file ?? ''),
  );
  const words = toInstall('README.md', logger);

  let app: string;
  beforeAll(async () => {
    app = await install(words);
  });

  it('is told the same by both, and has a program for each kind of module', () => {
    expect(words).toContain(`@tracehub/${logger}`);
    expect(toInstall(`packages/${logger}/README.md`, logger)).toEqual(words);
    expect(programs.map(({ file }) => extname(file ?? ''))).toEqual(['.mjs', '.mjs', '.cjs']);
  });

  it.each(programs)('has everything arrive: $where', async ({ file, code }) => {
    const pasted = join(app, `app${extname(file ?? '')}`);
    writeFileSync(pasted, code);
    const program = startProgram(pasted, {
      cwd: app,
      env: {
        TRACEHUB_ENDPOINT: collector.url,
        TRACEHUB_API_KEY: collector.apiKey,
        HOME: makeTempDirectory('home'),
      },
    });
    const { code: status, stderr } = await program.ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const stored = (await collector.logs()).filter((log) => log.pid === program.pid);
    expect(stored).toEqual(exampleLogs(logger));
  });
});
