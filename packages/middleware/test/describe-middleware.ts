import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { type MakeApp, startApp } from './test-app.ts';
import { MAX_SOCKETS } from './test-server.ts';
import { type SeenIds, gather } from './walk.ts';

interface Traits {
  /** Whether lines name the pattern of the route. */
  hasPatterns: boolean;
}

const HEX = /^[0-9a-f]{32}$/;
const PARENT = '4bf92f3577b34da6a3ce929d0e0e4736';
const IS_PARENT = new RegExp(`^${PARENT}$`);
const TRACEPARENT = `00-${PARENT}-00f067aa0ba902b7-01`;

/** One grid for all frameworks: a real app behind a real socket. */
export function describeMiddleware(name: string, makeApp: MakeApp, { hasPatterns }: Traits): void {
  const routeOf = (pattern: string, path: string): string => (hasPatterns ? pattern : path);
  const ended = (method: string, route: string, status: number, traceId: unknown): unknown => ({
    level: status >= 500 ? 'warn' : 'info',
    message: `${method} ${route} ${status}`,
    fields: { method, route, status, durationMs: expect.any(Number), aborted: false },
    traceId,
  });

  describe(`trace ids in ${name}`, () => {
    it.each<[string, Record<string, string | string[]>, RegExp]>([
      ['X-Trace-ID', { 'X-Trace-ID': 'order-17' }, /^order-17$/],
      ['X-Trace-ID before traceparent', { 'X-Trace-ID': 'order-17', traceparent: TRACEPARENT }, /^order-17$/],
      ['traceparent', { traceparent: TRACEPARENT }, IS_PARENT],
      [
        'traceparent, where X-Trace-ID is unusable',
        { 'X-Trace-ID': 'a b', traceparent: TRACEPARENT },
        IS_PARENT,
      ],
      ['a new one, where there is none', {}, HEX],
      ['a new one for 65 characters', { 'X-Trace-ID': 'x'.repeat(65) }, HEX],
      ['a new one for 1 MB', { 'X-Trace-ID': 'x'.repeat(1_000_000) }, HEX],
      ['a new one for zeros', { 'X-Trace-ID': '0'.repeat(32) }, HEX],
      ['a new one for two', { 'X-Trace-ID': ['a', 'b'] }, HEX],
      ['a new one for two traceparents', { traceparent: [TRACEPARENT, TRACEPARENT] }, HEX],
    ])('are taken from %s', async (_, headers, expected) => {
      const { server } = await startApp(makeApp);
      const { status, headers: answered, body } = await server.ask('GET', '/orders/7', headers);
      const id = answered['x-trace-id'];
      expect(status).toBe(200);
      expect(id).toMatch(expected);
      expect(new Set((JSON.parse(body) as { seen: SeenIds }).seen)).toEqual(new Set([id]));
    });

    it('are new for every request of a connection', async () => {
      const { server } = await startApp(makeApp);
      const ids: unknown[] = [];
      for (let turn = 0; turn < 3; turn++)
        ids.push((await server.ask('GET', '/orders/7')).headers['x-trace-id']);
      expect(new Set(ids).size).toBe(3);
    });

    it('never cross, in 200 requests at a time', async () => {
      const { server, lines, linesWritten } = await startApp(makeApp);
      const ask = async (id: string, index: number): Promise<[string, object]> => {
        const [method, body] = index % 2 === 0 ? ['GET', ''] : ['POST', JSON.stringify({ item: id })];
        const headers = { 'X-Trace-ID': id, 'content-type': 'application/json' };
        const answer = await server.ask(method, `/orders/${id}`, headers, body);
        const { seen, item = id } = JSON.parse(answer.body) as { seen: SeenIds; item?: string };
        return [id, { header: answer.headers['x-trace-id'], item, seen: [...new Set(seen)] }];
      };
      const all: string[] = [];
      for (const round of ['first', 'second']) {
        gather(MAX_SOCKETS);
        const ids = Array.from({ length: MAX_SOCKETS }, (_, index) => `${round}-${index}`);
        expect(Object.fromEntries(await Promise.all(ids.map(ask)))).toEqual(
          Object.fromEntries(ids.map((id) => [id, { header: id, item: id, seen: [id] }])),
        );
        all.push(...ids);
      }
      await linesWritten(all.length);
      expect(new Set(lines.map(({ traceId }) => traceId))).toEqual(new Set(all));
    });
  });

  describe(`an answer of ${name}`, () => {
    it('has the trace id also where there is no route', async () => {
      const { server, lines, linesWritten } = await startApp(makeApp);
      const { status, headers } = await server.ask('GET', '/nowhere?token=secret', { 'X-Trace-ID': 'a' });
      expect([status, headers['x-trace-id']]).toEqual([404, 'a']);
      await linesWritten(1);
      expect(lines).toEqual([ended('GET', '/nowhere', 404, 'a')]);
    });

    it('to HEAD has the trace id', async () => {
      const { server, lines, linesWritten } = await startApp(makeApp);
      const { status, headers, body } = await server.ask('HEAD', '/orders/7?x=1', { 'X-Trace-ID': 'a' });
      expect([status, headers['x-trace-id'], body]).toEqual([200, 'a', '']);
      await linesWritten(1);
      expect(lines).toEqual([ended('HEAD', routeOf('/orders/:id', '/orders/7'), 200, 'a')]);
    });

    it('is streamed as it comes', async () => {
      const { server, lines, linesWritten, release } = await startApp(makeApp);
      const response = await server.open('/stream');
      expect((await once(response, 'data'))[0]).toBe('one ');
      expect(lines).toEqual([]);
      release();
      expect((await response.toArray()).join('')).toBe('two');
      await linesWritten(1);
      expect(lines).toEqual([ended('GET', '/stream', 200, response.headers['x-trace-id'])]);
    });

    it('to an upgrade is left alone', async () => {
      const { server, lines } = await startApp(makeApp);
      const upgrade = { connection: 'upgrade', upgrade: 'echo' };
      const request = httpRequest({ host: '127.0.0.1', port: server.port, headers: upgrade }).end();
      const [response, socket] = (await once(request, 'upgrade')) as [
        { statusCode: number; headers: object },
        { destroy(): void },
      ];
      socket.destroy();
      expect([response.statusCode, response.headers]).toEqual([101, upgrade]);
      expect(lines).toEqual([]);
    });
  });

  describe(`an error in ${name}`, () => {
    it('reaches the own error handler as it is, and is written once', async () => {
      const { server, parts, lines, linesWritten } = await startApp(makeApp);
      const { status, headers } = await server.ask('GET', '/orders/7/fail?x=1', { 'X-Trace-ID': 'a' });
      expect([status, headers['x-trace-id']]).toEqual([500, 'a']);
      await linesWritten(2);
      const route = routeOf('/orders/:id/fail', '/orders/7/fail');
      expect(lines).toEqual([
        {
          level: 'error',
          message: `GET ${route} failed`,
          fields: { method: 'GET', route },
          error: parts.failure,
          traceId: 'a',
        },
        ended('GET', route, 500, 'a'),
      ]);
      expect(lines[0]?.error).toBe(parts.failure);
      expect(parts.handled).toHaveLength(1);
      expect(parts.handled[0]).toBe(parts.failure);
    });

    it('that is an answer to the client is no failure', async () => {
      const { server, parts, lines, linesWritten } = await startApp(makeApp);
      const { status, headers } = await server.ask('GET', '/orders/7/refuse', { 'X-Trace-ID': 'a' });
      expect([status, headers['x-trace-id']]).toEqual([404, 'a']);
      await linesWritten(1);
      expect(lines).toEqual([ended('GET', routeOf('/orders/:id/refuse', '/orders/7/refuse'), 404, 'a')]);
      expect(parts.handled[0]).toBe(parts.refusal);
    });
  });

  describe(`a client of ${name} that goes away`, () => {
    it('in the middle of the answer is noted', async () => {
      const { server, lines, linesWritten } = await startApp(makeApp);
      const response = await server.open('/stream');
      await once(response, 'data');
      response.destroy();
      await linesWritten(1);
      expect(lines).toEqual([
        {
          level: 'info',
          message: 'GET /stream aborted',
          fields: {
            method: 'GET',
            route: '/stream',
            status: 200,
            durationMs: expect.any(Number),
            aborted: true,
          },
          traceId: response.headers['x-trace-id'],
        },
      ]);
    });

    it('before the answer is noted without a status', async () => {
      const { server, parts, lines, linesWritten } = await startApp(makeApp);
      const chunks = parts.chunks();
      await chunks.next();
      const arrived = new Promise<void>((resolve) => {
        parts.chunks = async function* () {
          resolve();
          yield* chunks;
        };
      });
      await server.giveUp('/stream', arrived);
      await linesWritten(1);
      const fields = { method: 'GET', route: '/stream', durationMs: expect.any(Number), aborted: true };
      expect(lines).toEqual([
        { level: 'info', message: 'GET /stream aborted', fields, traceId: expect.stringMatching(HEX) },
      ]);
    });
  });

  describe(`the options of ${name}`, () => {
    it.each([
      ['a path', '/health'],
      ['a pattern', /^\/he/g],
      ['a function', (path: string): boolean => path === '/health'],
      ['a list', [/^\/none/, '/health']],
    ])('ignore by %s', async (_, ignore) => {
      const { server, lines, linesWritten } = await startApp(makeApp, { ignore });
      for (let turn = 0; turn < 2; turn++) {
        const { status, headers, body } = await server.ask('GET', '/health?x=1', { 'X-Trace-ID': 'a' });
        expect([status, headers['x-trace-id']]).toEqual([200, undefined]);
        expect(new Set((JSON.parse(body) as { seen: SeenIds }).seen)).toEqual(new Set([null]));
      }
      await server.ask('GET', '/orders/7');
      await linesWritten(1);
      expect(lines[0]?.fields.route).toBe(routeOf('/orders/:id', '/orders/7'));
    });

    it.each([
      [
        'throws',
        () => {
          throw new Error('disk full');
        },
      ],
      ['rejects', () => Promise.reject(new Error('disk full'))],
    ])('survive a log that %s, and say so once', async (_, log) => {
      const warnings: (Error & { code?: string })[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on('warning', onWarning);
      afterTest(() => void process.off('warning', onWarning));
      const { server } = await startApp(makeApp, { log });
      const statuses = [];
      for (const path of ['/orders/7', '/orders/7', '/orders/7/fail', '/orders/7']) {
        statuses.push((await server.ask('GET', path)).status);
      }
      expect(statuses).toEqual([200, 200, 500, 200]);
      await vi.waitFor(() => expect(warnings).not.toEqual([]));
      expect(warnings.map(({ code, message }) => [code, message])).toEqual([
        [
          'TRACEHUB_MIDDLEWARE',
          'the function given as log failed; requests go on without it: Error: disk full',
        ],
      ]);
    });

    it('write no line by default', async () => {
      const { server } = await startApp((parts) => makeApp({ ...parts, options: {} }));
      expect((await server.ask('GET', '/orders/7')).headers['x-trace-id']).toMatch(HEX);
    });
  });
}
