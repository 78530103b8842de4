import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterTest } from '../../../test/kit/after-test.ts';

/** Starts a proxy that opens tunnels, or answers each request for one with this; it ends with the test. */
export async function startProxy(refusal?: string): Promise<{ url: string; tunnels: () => number }> {
  let tunnels = 0;
  const sockets = new Set<Socket>();
  const server = http.createServer();
  server.on('connect', (request, socket: Socket) => {
    socket.on('error', () => {});
    if (refusal !== undefined) return void socket.end(refusal);
    tunnels++;
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
  afterTest(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels: () => tunnels };
}
