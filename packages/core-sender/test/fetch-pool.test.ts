import type net from 'node:net';
import { Pool } from 'undici';
import { describe, expect, it, vi } from 'vitest';
import { toJsonBytes } from '../src/entry/encoded-entry.ts';
import type { TraceHubTransportError } from '../src/errors.ts';
import { BodyEncoder } from '../src/send/encode-body.ts';
import type { HttpTransport } from '../src/send/http-transport.ts';
import { createTransport } from './stages.ts';
import { ingestServer, rawServer, until } from './support.ts';

// As Bun's undici has it.
vi.mock(import('undici'), async (importOriginal) => ({
  ...(await importOriginal()),
  EnvHttpProxyAgent: class {} as never,
}));

const HEAD = 'HTTP/1.1 202 Accepted\r\ncontent-length: 1000000\r\n\r\n';
const TOLD = ['content-type', 'content-encoding', 'content-length', 'x-api-key', 'user-agent'];

const body = () => new BodyEncoder(1).encode(['{"id":"é"}', '{"id":"b"}'].map(toJsonBytes));

const causeOf = async (post: Promise<unknown>): Promise<NodeJS.ErrnoException> => {
  const error: unknown = await post.catch((failure: unknown) => failure);
  return (error as TraceHubTransportError).cause as NodeJS.ErrnoException;
};

/** A server that does this with a request; how many it has seen, and seen end, and how the last began. */
async function serverThat(answer: (socket: net.Socket) => void) {
  const seen = { requests: 0, ended: 0, head: '' };
  const { url } = await rawServer((socket) => {
    socket.once('data', (data: Buffer) => {
      seen.requests++;
      seen.head = data.toString('latin1');
      // `fetch` of Node makes a new connection after one that was broken off.
      socket.on('close', () => seen.ended++);
      answer(socket);
    });
  });
  return { url, seen };
}

function transportTo(endpoint: string, timeout = 2_000): HttpTransport {
  return createTransport({ endpoint, timeout });
}

describe('where undici cannot dispatch', () => {
  it('a request and its answer are the same', async () => {
    const server = await ingestServer(() => ({ status: 503, headers: { 'retry-after': '7' }, body: 'busy' }));
    const dispatcher = new Pool(server.url);
    const answers = [
      await createTransport({ endpoint: server.url, dispatcher }).post(await body()),
      await transportTo(server.url).post(await body()),
    ];
    await dispatcher.close();
    expect(answers[0]).toEqual({ status: 503, retryAfter: '7', body: 'busy' });
    expect(answers[1]).toEqual(answers[0]);
    const told = server.posts.map(({ headers, entries }) => ({
      entries,
      headers: TOLD.map((name) => headers[name]),
    }));
    expect(told).toHaveLength(2);
    expect(told[0]!.headers).not.toContain(undefined);
    expect(told[1]).toEqual(told[0]);
  });

  it.each(['/base', '//base'])('a request below "%s" goes there', async (base) => {
    const { url, seen } = await serverThat((socket) => socket.end('HTTP/1.1 204 No\r\n\r\n'));
    expect(await transportTo(url + base).post(await body())).toMatchObject({ status: 204 });
    expect(seen.head.split('\r\n')[0]).toBe(`POST ${base}/api/v1/ingest HTTP/1.1`);
  });

  it('a request is redirected nowhere', async () => {
    const answer = 'HTTP/1.1 307 Go\r\nlocation: /away\r\ncontent-length: 0\r\n\r\n';
    const { url, seen } = await serverThat((socket) => socket.write(answer));
    expect(await transportTo(url).post(await body())).toMatchObject({ status: 307, body: '' });
    expect(seen.requests).toBe(1);
  });

  it('an answer that breaks off has no body', async () => {
    const { url } = await serverThat((socket) => socket.end(`${HEAD}{"acc`));
    expect(await transportTo(url).post(await body())).toMatchObject({ status: 202, body: undefined });
  });

  it('an answer that is too long is left', async () => {
    const { url, seen } = await serverThat((socket) => socket.write(HEAD + 'x'.repeat(100_000)));
    expect(await transportTo(url, 60_000).post(await body())).toMatchObject({ status: 202, body: undefined });
    await until(() => seen.ended === 1, 'the end of the connection');
  });

  it('a request is given up at the deadline', async () => {
    const { url, seen } = await serverThat(() => {});
    expect(await causeOf(transportTo(url, 300).post(await body()))).toMatchObject({
      code: 'TRACEHUB_TIMEOUT',
    });
    await until(() => seen.ended === 1, 'the end of the connection');
  });

  it('a request is given up when the transport is closed', async () => {
    const { url, seen } = await serverThat(() => {});
    const transport = transportTo(url, 60_000);
    const cause = causeOf(transport.post(await body()));
    await until(() => seen.requests === 1, 'the request');
    await transport.close();
    expect((await cause).message).toBe('the sender is closed');
    await until(() => seen.ended === 1, 'the end of the connection');
  });

  it('a connection that is reset is the cause of the failure', async () => {
    const { url } = await serverThat((socket) => socket.resetAndDestroy());
    const { code } = await causeOf(transportTo(url).post(await body()));
    expect(code).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/);
  });
});
