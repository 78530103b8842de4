import { once } from 'node:events';
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  createServer,
  request as httpRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterTest } from '../../../test/kit/after-test.ts';

export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface TestServer {
  readonly port: number;
  /** A whole exchange over a connection that is kept for the next. */
  ask(method: string, path: string, headers?: OutgoingHttpHeaders, body?: string): Promise<Answer>;
  /** The response as soon as it begins. */
  open(path: string): Promise<IncomingMessage>;
  /** A request that the client gives up once it is sent. */
  giveUp(path: string, whenSent: Promise<unknown>): Promise<void>;
}

/** Room for a header of 1 MB, which Node by itself answers with 431. */
const MAX_HEADER_BYTES = 2 * 1024 * 1024;

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';

/** As many as requests are under way at a time; those that come later share the connections with them. */
export const MAX_SOCKETS = 200;

/** A listener of node:http; those of most frameworks return a promise that never rejects. */
export type Listener = (...args: Parameters<RequestListener>) => unknown;

/** Starts a real server for a listener on a free port; it ends with the test. */
export async function startServer(listener: Listener): Promise<TestServer> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES },
    (...args) => void listener(...args),
  ).listen(0, '127.0.0.1');
  server.on('upgrade', (_request, socket) => socket.end(SWITCHED));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  afterTest(async () => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const target = { host: '127.0.0.1', port, agent };

  return {
    port,
    async ask(method, path, headers = {}, body = '') {
      const request = httpRequest({ ...target, method, path, headers });
      if (body !== '') {
        // In parts that arrive apart, so that the server meets the second in the context of the connection.
        request.write(body.slice(0, 5));
        await sleep(5);
      }
      request.end(body.slice(5));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const text = await response.setEncoding('utf8').toArray();
      return { status: response.statusCode, headers: response.headers, body: text.join('') };
    },
    async open(path) {
      const request = httpRequest({ ...target, path }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return response.setEncoding('utf8');
    },
    async giveUp(path, whenSent) {
      const request = httpRequest({ ...target, path }).end();
      const failed = once(request, 'error');
      await whenSent;
      request.destroy(new Error('gave up'));
      await failed.catch(() => {});
    },
  };
}
