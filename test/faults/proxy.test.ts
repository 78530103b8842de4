import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { startFaultServer } from '../kit/fault-server.ts';
import { type Proxy, startProxy } from '../kit/proxy.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { closeAndAccount, startLane, until } from './lane.ts';

/** The answers of a proxy that works no more, or not yet. */
const FAILURES: readonly Proxy['mode'][] = [
  'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
  'reset',
  'hang',
];

beforeEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
  }
  return () => vi.unstubAllEnvs();
});

describe('a proxy from the environment', () => {
  test('carries the batches', async () => {
    const [server, proxy] = [await startFaultServer(), await startProxy()];
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const lane = startLane(server.url);
    lane.log(20);
    await lane.sender.flush();
    const { stored } = await closeAndAccount(lane, server);
    expect(stored.size).toBe(20);
    expect(proxy.tunnels + proxy.forwards).toBeGreaterThan(0);
  });

  test('is passed by for hosts in NO_PROXY', async () => {
    const [server, proxy] = [await startFaultServer(), await startProxy()];
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'example.com,127.0.0.1');
    const lane = startLane(server.url);
    lane.log(20);
    await lane.sender.flush();
    await closeAndAccount(lane, server);
    expect(server.stored()).toHaveLength(20);
    expect(proxy.tunnels + proxy.forwards).toBe(0);
  });

  test.each(FAILURES)('whose answer is %j is tried again, and used when it works', async (mode) => {
    const [server, proxy] = [await startFaultServer(), await startProxy()];
    vi.stubEnv('HTTP_PROXY', proxy.url);
    proxy.mode = mode;
    const lane = startLane(server.url, { timeout: 200 });
    lane.log(20);
    await until(() => lane.sender.stats().requests >= 4, 'attempts');
    proxy.mode = 'work';
    await until(() => lane.sender.stats().delivered === 20, 'the delivery');
    const { stats } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ delivered: 20, dropped: 0 });
  });

  test('that is down sends everything to the disk', async () => {
    const server = await startFaultServer();
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    const lane = startLane(server.url);
    lane.log(20);
    await lane.sender.flush();
    const { waiting } = await closeAndAccount(lane, server);
    expect(waiting.size).toBe(20);
  });

  test.each(['not a url', 'ftp://127.0.0.1:1', '://'])(
    'that reads %j costs no entry, and close() resolves',
    async (text) => {
      const server = await startFaultServer();
      vi.stubEnv('HTTP_PROXY', text);
      const lane = startLane(server.url);
      lane.log(20);
      await lane.sender.flush();
      const { stored, waiting } = await closeAndAccount(lane, server);
      expect(stored.size + waiting.size).toBe(20);
    },
  );

  test('does not keep the app alive', async () => {
    const [server, proxy] = [await startFaultServer(), await startProxy()];
    const program = fileURLToPath(new URL('programs/log-and-end.mjs', import.meta.url));
    const start = performance.now();
    const child = spawn(process.execPath, [program], {
      env: {
        PATH: process.env['PATH'],
        HTTP_PROXY: proxy.url,
        TRACEHUB_ENDPOINT: server.url,
        TRACEHUB_DLQ_PATH: makeTempDirectory('proxy'),
      },
      stdio: 'inherit',
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    expect(server.stored().map(({ message }) => message)).toEqual(['hello']);
    // An idle socket would be kept for 3.5 s.
    expect(performance.now() - start).toBeLessThan(2_500);
  });
});
