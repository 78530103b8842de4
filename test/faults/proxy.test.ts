import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { afterTest } from '../kit/after-test.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { closeAndAccount, startLane, until } from './lane.ts';

interface Proxy {
  url: string;
  /** Requests for a tunnel, and those passed on. */
  tunnels: number;
  forwards: number;
  /** What it does with a request for a tunnel. */
  mode: 'work' | 'hang' | 'refuse' | 'reset';
}

async function startProxy(): Promise<Proxy> {
  const proxy: Proxy = { url: '', tunnels: 0, forwards: 0, mode: 'work' };
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    proxy.forwards++;
    const onward = http.request(
      request.url!,
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    proxy.tunnels++;
    socket.on('error', () => {});
    if (proxy.mode === 'hang') return;
    if (proxy.mode === 'refuse') return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    if (proxy.mode === 'reset') return void socket.resetAndDestroy();
    const [host, port] = request.url!.split(':');
    const onward = net.connect(Number(port), host!, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    onward.on('close', () => socket.destroy());
    sockets.add(onward);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterTest(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return proxy;
}

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

  test.each(['refuse', 'reset', 'hang'] as const)(
    'that will %s is retried, and used again when it works',
    async (mode) => {
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
    },
  );

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
