import { join } from 'node:path';
import type { LogsAnswer } from '@tracehub/collector';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { exampleLogs } from '../examples/example-logs.ts';
import { startProgram } from '../kit/child.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { binOf } from './app-workspace.ts';
import { typeCheck } from './packed-apps.ts';

const loggers = ['pino', 'winston', 'bunyan', 'logger'];
const apiKey = 'th_packed';

const apps = inject('apps');
let collectorUrl: string;

beforeAll(async () => {
  const collector = startProgram(binOf(join(apps, 'collector'), '@tracehub/collector'), {
    args: ['--port', '0', '--data-dir', 'memory'],
    env: { TRACEHUB_DEV_KEY: apiKey },
    limit: 120_000,
  });
  collectorUrl = (await collector.line('tracehub-collector listening on ')).split(' ', 1)[0] ?? '';
}, 120_000);

/** What the collector holds of a process, oldest first. */
async function storedBy(pid: number | undefined): Promise<LogsAnswer['logs']> {
  const response = await fetch(`${collectorUrl}/api/v1/logs?per_page=1000`, {
    headers: { connection: 'close' },
  });
  const { logs } = (await response.json()) as LogsAnswer;
  return logs.filter((log) => log.pid === pid).toReversed();
}

describe('an app that depends on the tarball and its logger alone', () => {
  const cases = loggers.flatMap((logger) => [
    { logger, format: 'mjs' },
    { logger, format: 'cjs' },
  ]);

  it.each(cases)('delivers everything: $logger, $format', async ({ logger, format }) => {
    const program = startProgram(join(apps, logger, `app.${format}`), {
      env: { TRACEHUB_ENDPOINT: collectorUrl, TRACEHUB_API_KEY: apiKey },
    });
    const { code, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await storedBy(program.pid)).toEqual(exampleLogs(logger));
  });

  it.each(['mjs', 'cjs'])('answers a request with its trace id: middleware, %s', async (format) => {
    const program = startProgram(join(apps, 'middleware', `app.${format}`));
    const url = await program.line('listening on');
    const headers = { 'X-Trace-ID': 'order-17', connection: 'close' };
    const response = await fetch(url, { headers });
    expect(response.headers.get('x-trace-id')).toBe('order-17');
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  });

  it('runs the doctor: cli', async () => {
    const dlqPath = makeTempDirectory('packed-dlq');
    const doctor = startProgram(binOf(join(apps, 'cli'), '@tracehub/cli'), {
      args: ['doctor', '--json'],
      env: { TRACEHUB_ENDPOINT: collectorUrl, TRACEHUB_API_KEY: apiKey, TRACEHUB_DLQ_PATH: dlqPath },
    });
    const { code, stdout, stderr } = await doctor.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { verdict } = JSON.parse(stdout) as { verdict: unknown };
    expect(verdict).toEqual({ status: 'ok', finding: 'logs arrive', others: 0 });
  });

  it('names the collector it would need: cli', async () => {
    const dev = startProgram(binOf(join(apps, 'cli'), '@tracehub/cli'), { args: ['dev'] });
    const { code, stderr } = await dev.ended;
    expect(code).toBe(2);
    expect(stderr).toContain('npm install --save-dev @tracehub/collector');
  });

  it.each([...loggers, 'middleware'])(
    'compiles under module node16, as ES module and as CommonJS: %s',
    async (app) => {
      expect(await typeCheck(join(apps, app))).toBe('');
    },
  );
});
