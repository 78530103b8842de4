import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Entry } from '@tracehub/core-sender';
import { afterTest } from '../kit/after-test.ts';

/** A server that closes idle sockets by itself, and what it saw. */
export interface IdleServer {
  url: string;
  /** How often each id came in a request that was read whole. */
  seen: ReadonlyMap<string, number>;
  /** Sockets it closed for being idle, and requests that came on a socket used before. */
  closedIdle: number;
  reused: number;
  /** By socket the client closed: for how many ms it had been idle. */
  idleAtClientsEnd: readonly number[];
}

/**
 * Starts a server that takes all it gets and, as uvicorn does, closes a socket on which no byte has come for `idleMs`
 * since the last answer, without announcing it in a Keep-Alive header.
 */
export async function startIdleServer(idleMs: number): Promise<IdleServer> {
  const seen = new Map<string, number>();
  const idleAtClientsEnd: number[] = [];
  const idle = new WeakMap<Socket, { since: number; timer: NodeJS.Timeout }>();
  const state = { url: '', seen, closedIdle: 0, reused: 0, idleAtClientsEnd };

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { socket } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isGzipped = request.headers['content-encoding'] === 'gzip';
    const entries = JSON.parse((isGzipped ? gunzipSync(body) : body).toString()) as Entry[];
    for (const { id } of entries) seen.set(id, (seen.get(id) ?? 0) + 1);
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ accepted: entries.length }), () => {
      const timer = setTimeout(() => {
        state.closedIdle++;
        idle.delete(socket);
        socket.destroy();
      }, idleMs);
      idle.set(socket, { since: performance.now(), timer });
    });
  };
  // A request that breaks off is none.
  const server = http.createServer((request, response) => void answer(request, response).catch(() => {}));
  // Node's own closing of idle sockets announces itself.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    const wake = (): number | undefined => {
      const state = idle.get(socket);
      clearTimeout(state?.timer);
      idle.delete(socket);
      return state?.since;
    };
    socket.on('error', () => {});
    socket.on('data', () => {
      if (wake() !== undefined) state.reused++;
    });
    socket.on('end', () => {
      const since = wake();
      if (since !== undefined) idleAtClientsEnd.push(performance.now() - since);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterTest(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}
