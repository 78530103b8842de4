import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterTest } from './after-test.ts';

export interface Proxy {
  readonly url: string;
  /** Requests for a tunnel, and requests passed on without one. */
  tunnels: number;
  forwards: number;
  /** What it does with a request for a tunnel; an HTTP response is its answer. */
  mode: 'work' | 'hang' | 'reset' | `HTTP/1.1 ${string}`;
}

/** Starts a proxy; it ends with the test. */
export async function startProxy(mode: Proxy['mode'] = 'work'): Promise<Proxy> {
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
    if (proxy.mode === 'reset') return void socket.resetAndDestroy();
    if (proxy.mode !== 'work') return void socket.end(proxy.mode);
    const [host = '', port] = request.url!.split(':');
    const onward = net.connect(Number(port), host, () => {
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
  const { port } = server.address() as AddressInfo;
  const proxy: Proxy = { url: `http://127.0.0.1:${port}`, tunnels: 0, forwards: 0, mode };
  afterTest(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return proxy;
}
