import { fileURLToPath } from 'node:url';
import { createSender } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { numbersOf, startCli } from '../../packages/cli/test/support.ts';
import { type Child, runProgram, startProgram } from '../kit/child.ts';
import { closedPort } from '../kit/closed-port.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { makeTempDirectory } from '../kit/temp.ts';

const COLLECTOR = fileURLToPath(new URL('../../packages/collector/dist/esm/cli.js', import.meta.url));
const APP = fileURLToPath(new URL('../examples/winston.mjs', import.meta.url));
const KEY = 'th_test_key';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A collector that keeps its data when it is stopped and started again. */
async function startCollector(port: number, dataDir: string): Promise<Child> {
  const args = ['--port', String(port), '--data-dir', dataDir];
  const child = startProgram(COLLECTOR, { args, env: { TRACEHUB_DEV_KEY: KEY }, limit: 240_000 });
  await child.line('tracehub-collector listening on');
  return child;
}

/** Logs entries of these numbers and resolves when they are delivered. */
async function deliver(endpoint: string, numbers: readonly number[]): Promise<void> {
  const sender = createSender(
    { endpoint, apiKey: KEY, service: 'shop', environment: 'test', dlqPath: false },
    { sdkVersion: 'test/0.0.0' },
  );
  watchLedger('the sender that is followed', sender);
  for (const number of numbers) sender.send({ level: 'INFO', message: `letter ${number}` });
  expect(await sender.close()).toEqual({ delivered: numbers.length, deadLettered: 0, dropped: 0 });
}

describe('tracehub tail, on a real collector', { timeout: 240_000 }, () => {
  it('goes on after the collector was down, nothing left out and nothing twice', async () => {
    const port = await closedPort();
    const dataDir = makeTempDirectory('collector');
    const endpoint = `http://127.0.0.1:${port}`;
    const first = await startCollector(port, dataDir);
    await deliver(endpoint, range(1, 30));
    const tail = startCli(['tail', '--json', '--last', '20', '--service', 'shop'], {
      env: { TRACEHUB_ENDPOINT: endpoint },
      limit: 240_000,
    });
    const seen = async (count: number): Promise<number[]> => {
      const entries = await tail.lines(count);
      return numbersOf(entries.map((line) => JSON.parse(line) as { message: string }));
    };
    expect(await seen(20)).toEqual(range(11, 30));
    await deliver(endpoint, range(31, 60));
    expect(await seen(50)).toEqual(range(11, 60));
    first.kill('SIGTERM');
    await first.ended;
    const second = await startCollector(port, dataDir);
    await deliver(endpoint, range(61, 90));
    expect(await seen(80)).toEqual(range(11, 90));
    tail.kill('SIGTERM');
    const { stderr } = await tail.ended;
    expect(stderr).toMatch(/-- connected\n$/);
    second.kill('SIGTERM');
    await second.ended;
  });
});

describe('tracehub dev', { timeout: 240_000 }, () => {
  it('starts a collector, says what an app is to set, follows what it logs, and ends with a signal', async () => {
    const dev = startCli(['dev', '--port', '0', '--data-dir', 'memory', '--level', 'error'], {
      limit: 240_000,
    });
    const endpoint = (await dev.line('export TRACEHUB_ENDPOINT=')).trim();
    const key = await dev.line('export TRACEHUB_API_KEY=');
    const page = await fetch(`${endpoint}/`, { headers: { connection: 'close' } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<!doctype html>');
    const app = await runProgram(APP, { env: { TRACEHUB_ENDPOINT: endpoint, TRACEHUB_API_KEY: key } });
    expect(app).toMatchObject({ code: 0, stderr: '' });
    const [, , entry = ''] = await dev.lines(3);
    expect(entry).toMatch(/^\S+ ERROR shop order failed/);
    dev.kill('SIGINT');
    const { code, stdout, stderr } = await dev.ended;
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 3 });
    expect(stderr).toBe(`page: ${endpoint}/  data: memory  (Ctrl-C ends it)\n`);
    await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  });

  it('goes on where no browser can be opened', async () => {
    const args = ['dev', '--port', '0', '--data-dir', 'memory', '--open'];
    const dev = startCli(args, { env: { PATH: '/nowhere' }, limit: 240_000 });
    const endpoint = await dev.line('export TRACEHUB_ENDPOINT=');
    await deliver(endpoint, []);
    const health = await fetch(`${endpoint}/health`, { headers: { connection: 'close' } });
    expect(health.status).toBe(200);
    dev.kill('SIGTERM');
    expect((await dev.ended).code).toBe(0);
  });

  it('says why the collector does not start', async () => {
    const file = fileURLToPath(import.meta.url);
    const dev = startCli(['dev', '--port', '0', '--data-dir', file], { limit: 60_000 });
    const { code, stderr } = await dev.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`the collector does not start: the data directory ${file} cannot be used`);
  });
});
