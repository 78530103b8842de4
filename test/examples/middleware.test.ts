import { beforeAll, expect, it } from 'vitest';
import type { Child } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { startExample } from './start-example.ts';

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
});

/** Asks for a path with a trace id; gives the status and the trace id answered. */
async function ask(url: string, path: string, traceId: string): Promise<unknown[]> {
  const headers = { 'X-Trace-ID': traceId, connection: 'close' };
  const response = await fetch(url + path, { headers });
  await response.text();
  return [response.status, response.headers.get('x-trace-id')];
}

/** Ends the app as a service manager does; gives what the collector then holds of each trace id, in its order. */
async function storedAfterEnd(app: Child): Promise<Record<string, unknown[]>> {
  app.kill('SIGTERM');
  expect(await app.ended).toMatchObject({ signal: 'SIGTERM' });
  const logs = (await collector.logs()).filter((log) => log.pid === app.pid && log.trace_id !== null);
  const byTrace: Record<string, unknown[]> = {};
  for (const { trace_id, level, message, error_message } of logs) {
    (byTrace[String(trace_id)] ??= []).push([level, message, error_message]);
  }
  return byTrace;
}

it.each([
  ['express.mjs', '/orders/:id'],
  ['fastify.mjs', '/orders/:id'],
  ['hono.mjs', '/orders/:id'],
  ['koa.mjs', undefined],
  ['nest.mjs', '/orders/:id'],
])('%s gives what is logged the trace id of its request', async (file, route) => {
  const app = startExample(file, collector);
  const url = await app.line('listening on');
  const answers = await Promise.all([
    ask(url, '/orders/1', 'first'),
    ask(url, '/orders/2', 'second'),
    ask(url, '/orders/13', 'third'),
    ask(url, '/health', 'fourth'),
  ]);
  expect(answers.slice(0, 3)).toEqual([
    [200, 'first'],
    [200, 'second'],
    [500, 'third'],
  ]);
  expect(answers[3]?.[1]).toBeNull();
  expect(await storedAfterEnd(app)).toEqual({
    first: [
      ['INFO', 'order read', null],
      ['INFO', `GET ${route ?? '/orders/1'} 200`, null],
    ],
    second: [
      ['INFO', 'order read', null],
      ['INFO', `GET ${route ?? '/orders/2'} 200`, null],
    ],
    third: [
      ['ERROR', `GET ${route ?? '/orders/13'} failed`, 'out of stock'],
      ['WARN', `GET ${route ?? '/orders/13'} 500`, null],
    ],
  });
});

it('http.mjs passes the trace id on to the service it asks', async () => {
  const app = startExample('http.mjs', collector);
  const url = await app.line('listening on');
  expect(await Promise.all([ask(url, '/orders/1', 'first'), ask(url, '/orders/2', 'second')])).toEqual([
    [200, 'first'],
    [200, 'second'],
  ]);
  const stored = await storedAfterEnd(app);
  expect(Object.keys(stored).toSorted()).toEqual(['first', 'second']);
  for (const [traceId, order] of [
    ['first', '1'],
    ['second', '2'],
  ] as const) {
    expect(stored[traceId]?.toSorted()).toEqual([
      ['INFO', `GET /orders/${order} 200`, null],
      ['INFO', 'GET /stock 200', null],
      ['INFO', 'order read', null],
      ['INFO', 'stock read', null],
    ]);
  }
});
