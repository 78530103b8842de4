import { getRequestListener } from '@hono/node-server';
import { getTraceId } from '@tracehub/core-sender/trace';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { expect, it } from 'vitest';
import { traceHub } from '../src/hono.ts';
import type { RequestLine } from '../src/request-line.ts';
import { describeMiddleware } from './describe-middleware.ts';
import { startServer } from './test-server.ts';
import { walk } from './walk.ts';

describeMiddleware(
  'Hono',
  (parts) => {
    const app = new Hono();
    app.use(traceHub(parts.options));
    app.onError((error, context) => {
      parts.handled.push(error);
      return context.body(null, ((error as { status?: number }).status ?? 500) as 500);
    });
    const orders = new Hono();
    orders.get('/:id', async (context) => context.json({ seen: await walk() }));
    orders.post('/:id', async (context) => {
      const { item } = await context.req.json<{ item: string }>();
      return context.json({ item, seen: await walk() });
    });
    orders.get('/:id/fail', async () => {
      throw parts.failure;
    });
    orders.get('/:id/refuse', () => {
      throw parts.refusal;
    });
    app.route('/orders', orders);
    app.get('/stream', async (context) => {
      const chunks = parts.chunks();
      // Waited for here: Hono answers as soon as the handler returns.
      const first = await chunks.next();
      return stream(context, async (output) => {
        await output.write(String(first.value));
        for await (const chunk of chunks) await output.write(chunk);
      });
    });
    app.get('/health', async (context) => context.json({ seen: await walk() }));
    return getRequestListener(app.fetch);
  },
  { hasPatterns: true },
);

it('works without node:http, where the response is all there is', async () => {
  const lines: (RequestLine & { traceId: string | undefined })[] = [];
  const app = new Hono();
  app.use(traceHub({ ignore: '/health', log: (line) => lines.push({ ...line, traceId: getTraceId() }) }));
  app.get('/orders/:id', async (context) => context.json(await walk()));
  app.get('/health', (context) => context.text('ok'));
  app.get('/fail', () => {
    throw new Error('no');
  });
  app.onError((_error, context) => context.text('sorry', 500));

  const headers = { 'X-Trace-ID': 'a' };
  const response = await app.request('/orders/7?x=1', { headers });
  expect([response.status, response.headers.get('x-trace-id')]).toEqual([200, 'a']);
  expect(new Set((await response.json()) as string[])).toEqual(new Set(['a']));
  expect((await app.request('/fail', { headers })).headers.get('x-trace-id')).toBe('a');
  expect((await app.request('/health', { headers })).headers.get('x-trace-id')).toBeNull();
  expect(lines.map(({ message, traceId }) => [message, traceId])).toEqual([
    ['GET /orders/:id 200', 'a'],
    ['GET /fail failed', 'a'],
    ['GET /fail 500', 'a'],
  ]);
});

it('notes what is thrown and is no Error, which Hono throws on', async () => {
  const lines: RequestLine[] = [];
  const app = new Hono();
  app.use(traceHub({ log: (line) => lines.push(line) }));
  app.get('/fail', () => {
    // oxlint-disable-next-line no-throw-literal -- what this is about
    throw 'no';
  });
  const thrown: unknown[] = [];
  const server = await startServer(
    getRequestListener(app.fetch, {
      errorHandler: (error) => {
        thrown.push(error);
        return new Response(null, { status: 500 });
      },
    }),
  );
  const { status, headers } = await server.ask('GET', '/fail', { 'X-Trace-ID': 'a' });
  expect([status, headers['x-trace-id'], thrown]).toEqual([500, 'a', ['no']]);
  await expect.poll(() => lines.map(({ message }) => message)).toEqual(['GET /fail failed', 'GET /fail 500']);
});
