import type net from 'node:net';
import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { toJsonBytes } from '../src/entry/encoded-entry.ts';
import type { TraceHubTransportError } from '../src/errors.ts';
import { BodyEncoder } from '../src/send/encode-body.ts';
import { HttpTransport } from '../src/send/http-transport.ts';
import { createTransport } from './stages.ts';
import { ingestServer, optionsWith, rawServer } from './support.ts';

const HEAD = 'HTTP/1.1 202 Accepted\r\ncontent-length: 1000000\r\n\r\n';

/** As Bun's undici makes it. */
const UNABLE = {} as Dispatcher;

function fetchTransport(endpoint: string): HttpTransport {
  const options = { ...optionsWith({ endpoint, timeout: 300 }), dispatcher: UNABLE };
  return new HttpTransport(options, 'tracehub-node test/1.0.0', systemClock);
}

const body = () => new BodyEncoder(1).encode(['{"id":"é"}', '{"id":"b"}'].map(toJsonBytes));

describe('where undici cannot dispatch', () => {
  it('a request and its answer are the same', async () => {
    const server = await ingestServer(() => ({ status: 503, headers: { 'retry-after': '7' }, body: 'busy' }));
    const answers = [
      await createTransport({ endpoint: server.url }).post(await body()),
      await fetchTransport(server.url).post(await body()),
    ];
    expect(answers[0]).toEqual({ status: 503, retryAfter: '7', body: 'busy' });
    expect(answers[1]).toEqual(answers[0]);
    const told = server.posts.map(({ headers, entries }) => ({
      entries,
      headers: ['content-type', 'content-encoding', 'content-length', 'x-api-key', 'user-agent'].map(
        (name) => headers[name],
      ),
    }));
    expect(told[0]!.headers).not.toContain(undefined);
    expect(told[1]).toEqual(told[0]);
  });

  it.each<[what: string, text: string, status: number, text: string | undefined]>([
    ['is redirected nowhere', 'HTTP/1.1 307 Go\r\nlocation: /away\r\ncontent-length: 0\r\n\r\n', 307, ''],
    ['gives no body that breaks off', `${HEAD}{"acc`, 202, undefined],
    ['gives no body that is too long', HEAD + 'x'.repeat(100_000), 202, undefined],
  ])('a request %s', async (_what, text, status, answered) => {
    const server = await rawServer((socket: net.Socket) =>
      socket.once('data', () => {
        socket.write(text);
        setTimeout(() => socket.destroy(), 50);
      }),
    );
    expect(await fetchTransport(server.url).post(await body())).toEqual({
      status,
      retryAfter: undefined,
      body: answered,
    });
  });

  it.each<[what: string, onSocket: (socket: net.Socket) => void, code: RegExp]>([
    ['is silent', () => {}, /^TRACEHUB_TIMEOUT$/],
    ['hangs up', (socket) => socket.resetAndDestroy(), /^(ECONNRESET|UND_ERR_SOCKET)$/],
  ])('a request to a server that %s fails with that as the cause', async (_what, onSocket, code) => {
    const transport = fetchTransport((await rawServer(onSocket)).url);
    const error = await transport.post(await body()).catch((failure: unknown) => failure);
    const { cause } = error as TraceHubTransportError;
    expect((cause as NodeJS.ErrnoException).code).toMatch(code);
    await transport.close();
  });
});
