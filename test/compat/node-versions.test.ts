import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { startProgram } from '../kit/child.ts';
import { binOf } from '../packed/app-workspace.ts';
import { type Destination, exampleRun, startDestination, verdictOf } from './delivered.ts';
import { NODES } from './versions.ts';

const apps = inject('apps');
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

/** The program `node` of a version, out of npm's package of that name. */
function nodeOf(version: string): string {
  if (process.version === `v${version}`) return process.execPath;
  const args = ['--yes', '-p', `node@${version}`, 'node', '-p', 'process.execPath'];
  return execFileSync('npx', args, { encoding: 'utf8' }).trim();
}

describe.each(NODES)('Node %s', (version) => {
  let runtime: string;
  beforeAll(() => {
    runtime = nodeOf(version);
  });

  it('is the Node it says', () => {
    expect(execFileSync(runtime, ['--version'], { encoding: 'utf8' })).toBe(`v${version}\n`);
  });

  it.each(
    ['pino', 'winston', 'bunyan', 'logger'].flatMap((logger) => [
      [logger, 'mjs'],
      [logger, 'cjs'],
    ]),
  )('%s, %s', async (logger, format) => {
    expect(await destination.run(join(apps, logger, `app.${format}`), { runtime })).toEqual(
      exampleRun(logger),
    );
  });

  it.each(['mjs', 'cjs'])('middleware, %s', async (format) => {
    const program = startProgram(join(apps, 'middleware', `app.${format}`), { runtime });
    const url = await program.line('listening on');
    const headers = { 'X-Trace-ID': 'order-17', connection: 'close' };
    expect((await fetch(url, { headers })).headers.get('x-trace-id')).toBe('order-17');
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  });

  it('cli: the doctor', async () => {
    const cli = binOf(join(apps, 'cli'), '@tracehub/cli');
    const doctor = destination.start(cli, { args: ['doctor', '--json'], runtime });
    expect(verdictOf(await doctor.ended)).toMatchObject({ status: 'ok' });
  });

  it('collector', async () => {
    const collector = startProgram(binOf(join(apps, 'collector'), '@tracehub/collector'), {
      args: ['--port', '0', '--data-dir', 'memory'],
      env: { TRACEHUB_DEV_KEY: 'th_other' },
      runtime,
      limit: 120_000,
    });
    const url = (await collector.line('tracehub-collector listening on ')).split(' ', 1)[0] ?? '';
    const { code, stderr } = await destination.run(join(apps, 'logger/app.mjs'), {
      env: { TRACEHUB_ENDPOINT: url, TRACEHUB_API_KEY: 'th_other' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const response = await fetch(`${url}/api/v1/stats/overview`, { headers: { connection: 'close' } });
    expect(await response.json()).toMatchObject({ total_logs: 2, total_errors: 1, total_issues: 1 });
    collector.kill('SIGTERM');
    await collector.ended;
  });
});
