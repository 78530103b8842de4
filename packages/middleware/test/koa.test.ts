import { Readable } from 'node:stream';
import Koa from 'koa';
import { expect, it } from 'vitest';
import { traceHub } from '../src/koa.ts';
import type { RequestLine } from '../src/request-line.ts';
import { describeMiddleware } from './describe-middleware.ts';
import { startServer } from './test-server.ts';
import { readByEvents, walk } from './walk.ts';

describeMiddleware(
  'Koa',
  (parts) => {
    const app = new Koa();
    app.use(traceHub(parts.options));
    app.on('error', (error: unknown) => {
      // Koa reports the clients that go away as well.
      if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') parts.handled.push(error);
    });
    app.use(async (context) => {
      const { path, method } = context;
      if (path.endsWith('/fail')) throw parts.failure;
      if (path.endsWith('/refuse')) throw parts.refusal;
      if (path === '/stream') context.body = Readable.from(parts.chunks());
      if (path === '/health') context.body = { seen: await walk() };
      if (!path.startsWith('/orders/')) return;
      if (method !== 'POST') {
        context.body = { seen: await walk() };
        return;
      }
      const { seen, body } = await readByEvents(context.req);
      const { item } = JSON.parse(body) as { item: string };
      context.body = { item, seen: [...seen, ...(await walk())] };
    });
    return app.callback();
  },
  { hasPatterns: false },
);

it.each([
  ['/orders/:id', '/orders/:id'],
  [/^\/orders/, String.raw`/^\/orders/`],
])('names the route that @koa/router leaves in the context: %s', async (route, named) => {
  const lines: RequestLine[] = [];
  const app = new Koa();
  app.use(traceHub({ log: (line) => lines.push(line) }));
  app.use((context) => {
    context['_matchedRoute'] = route;
    context.body = 'ok';
  });
  const server = await startServer(app.callback());
  await server.ask('GET', '/orders/7');
  await expect.poll(() => lines.map(({ message }) => message)).toEqual([`GET ${named} 200`]);
});
