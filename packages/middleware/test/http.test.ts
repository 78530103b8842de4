import { once } from 'node:events';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { getTraceId } from '@tracehub/core-sender/trace';
import { expect, it } from 'vitest';
import { withTraceHub } from '../src/http.ts';
import type { RequestLine } from '../src/request-line.ts';
import { afterTest } from '../../../test/kit/after-test.ts';
import { describeMiddleware } from './describe-middleware.ts';
import { startServer } from './test-server.ts';
import { readByEvents, walk } from './walk.ts';

describeMiddleware(
  'node:http',
  (parts) => {
    const handler = withTraceHub(async (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      if (path.endsWith('/fail')) throw parts.failure;
      if (path.endsWith('/refuse')) throw parts.refusal;
      if (path === '/stream') return void Readable.from(parts.chunks()).pipe(response);
      if (path !== '/health' && !path.startsWith('/orders/')) return void response.writeHead(404).end();
      if (request.method !== 'POST') return void response.end(JSON.stringify({ seen: await walk() }));
      const { seen, body } = await readByEvents(request);
      const { item } = JSON.parse(body) as { item: string };
      // A list of headers, as Node takes it too.
      response.writeHead(200, ['content-type', 'application/json']);
      response.end(JSON.stringify({ item, seen: [...seen, ...(await walk())] }));
    }, parts.options);
    return (request, response) => {
      handler(request, response).catch((error: Error & { status?: number }) => {
        parts.handled.push(error);
        response.writeHead(error.status ?? 500).end();
      });
    };
  },
  { hasPatterns: false },
);

it('returns what the handler returns, and throws at once what it throws at once', async () => {
  const failure = new Error('no');
  const handler = withTraceHub((request, response) => {
    response.end();
    if (request.url === '/fail') throw failure;
    return 'done';
  });
  const outcomes: unknown[] = [];
  const server = await startServer((request, response) => {
    try {
      outcomes.push(handler(request, response));
    } catch (error) {
      outcomes.push(error);
    }
  });
  await server.ask('GET', '/');
  await server.ask('GET', '/fail');
  expect(outcomes).toEqual(['done', failure]);
});

it('has the listeners of a response run in its context, also when it is the connection that ends', async () => {
  const seen: unknown[] = [];
  const handler = withTraceHub((request, response) => {
    for (const name of ['finish', 'close']) response.on(name, () => seen.push([name, getTraceId()]));
    response.write('one');
    if (request.url === '/whole') response.end();
  });
  const server = await startServer(handler);
  await server.ask('GET', '/whole', { 'X-Trace-ID': 'a' });
  (await server.open('/part')).destroy();
  await expect.poll(() => seen.length).toBe(3);
  expect(seen).toEqual([
    ['finish', 'a'],
    ['close', 'a'],
    ['close', expect.stringMatching(/^[0-9a-f]{32}$/)],
  ]);
});

it.each<[form: string, headers: unknown]>([
  ['names and values in one list', ['set-cookie', 'a=1', 'x-b', '2', 'set-cookie', 'b=2']],
  [
    'pairs',
    [
      ['set-cookie', 'a=1'],
      ['x-b', '2'],
      ['set-cookie', 'b=2'],
    ],
  ],
])('leaves every header that the app writes as %s', async (_form, headers) => {
  const server = await startServer(
    withTraceHub((_request, response) => response.writeHead(200, headers as string[]).end()),
  );
  const answer = await server.ask('GET', '/', { 'X-Trace-ID': 'order-17' });
  expect(answer.headers).toMatchObject({
    'set-cookie': ['a=1', 'b=2'],
    'x-b': '2',
    'x-trace-id': 'order-17',
  });
});

it("writes an error that carries another server's status, unless that is what the client is told", async () => {
  const lines: RequestLine[] = [];
  const handler = withTraceHub(() => Promise.reject(Object.assign(new Error('upstream'), { status: 404 })), {
    log: (line) => lines.push(line),
  });
  const server = await startServer((request, response) =>
    handler(request, response).catch(() => response.writeHead(request.url === '/told' ? 404 : 500).end()),
  );
  await server.ask('GET', '/told');
  await server.ask('GET', '/hidden');
  await expect.poll(() => lines.length).toBe(3);
  expect(lines.map(({ message }) => message)).toEqual([
    'GET /told 404',
    'GET /hidden failed',
    'GET /hidden 500',
  ]);
});

it('serves node:http2 as well', async () => {
  const lines: RequestLine[] = [];
  const server = createHttp2Server(
    withTraceHub(
      (_request, response) => void response.writeHead(200, { 'x-b': '2' }).end(String(getTraceId())),
      {
        log: (line) => lines.push(line),
      },
    ),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  afterTest(async () => {
    await new Promise<void>((resolve) => session.close(resolve));
    server.close();
    await once(server, 'close');
  });
  const stream = session.request({ ':path': '/orders/7', 'x-trace-id': 'order-17' });
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  expect(headers).toMatchObject({ ':status': 200, 'x-b': '2', 'x-trace-id': 'order-17' });
  expect((await stream.setEncoding('utf8').toArray()).join('')).toBe('order-17');
  await expect.poll(() => lines.map(({ message }) => message)).toEqual(['GET /orders/7 200']);
});
