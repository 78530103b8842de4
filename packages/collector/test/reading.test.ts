import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCollector, type Collector } from '../src/index.ts';
import { createServer } from '../src/server.ts';
import { entry, issues, logs, overview, post } from './support/client.ts';
import { failingAfter, partsOn } from './support/fake-database.ts';

let collector: Collector;

beforeAll(async () => {
  collector = await createCollector({ port: 0, dataDir: 'memory' });
  await post(collector, [
    entry({
      id: 'a',
      timestamp: '2026-10-31T23:59:59.999999Z',
      service: 'shop',
      message: 'order placed',
      trace_id: 't1',
    }),
    entry({
      id: 'b',
      timestamp: '2026-11-01T00:00:00.000000Z',
      service: 'shop',
      level: 'ERROR',
      message: 'order failed',
      error_type: 'DbError',
      error_message: 'connection to 10.0.0.1 refused',
      module: 'db',
      trace_id: 't1',
    }),
    entry({
      id: 'c',
      timestamp: '2026-11-01T00:00:00.000001Z',
      service: 'mail',
      level: 'FATAL',
      message: 'mail stopped',
      environment: 'staging',
      extra: { note: 'order' },
    }),
    entry({
      id: 'd',
      timestamp: '2026-11-01T00:00:00.000001Z',
      service: 'mail',
      level: 'WARN',
      message: "it's 100% <b>slow</b>",
      environment: 'staging',
    }),
    entry({
      id: 'e',
      timestamp: '2026-11-02T00:00:00.000000Z',
      service: 'mail',
      level: 'DEBUG',
      message: 'sent to a@example.com',
    }),
  ]);
});
afterAll(() => collector.close());

const ids = async (query: Record<string, string>): Promise<string> =>
  (await logs(collector, query)).logs.map(({ id }) => id).join('');

describe('filters', () => {
  it.each<[query: Record<string, string>, expected: string]>([
    [{}, 'edcba'],
    [{ level: 'ERROR' }, 'b'],
    [{ service: 'mail' }, 'edc'],
    [{ service: 'mai' }, ''],
    [{ module: 'db' }, 'b'],
    [{ environment: 'staging' }, 'dc'],
    [{ trace_id: 't1' }, 'ba'],
    [{ trace_id: 't1', level: 'INFO' }, 'a'],
    [{ from_ts: '2026-11-01' }, 'edcb'],
    [{ to_ts: '2026-11-01T00:00:00Z' }, 'ba'],
    [{ from_ts: '2026-11-01T01:00:00.000001+01:00', to_ts: '2026-11-01T00:00:00.000001Z' }, 'dc'],
    [{ q: 'order' }, 'ba'],
    [{ q: 'ORDER -failed' }, 'a'],
    [{ q: '"order failed"' }, 'b'],
    [{ q: 'placed or slow' }, 'da'],
    [{ q: 'refused' }, 'b'],
    [{ q: 'DbError' }, 'b'],
    [{ q: 'mail' }, 'edc'],
    [{ extra: '{"note":"order"}' }, 'c'],
    [{ extra: '{"note":"order"}', level: 'WARN' }, ''],
    [{ q: "' or 1=1; drop table logs --" }, ''],
    [{ service: "x' or '1'='1" }, ''],
  ])('%j', async (query, expected) => {
    expect(await ids(query)).toBe(expected);
    const counted = await overview(collector, query);
    expect(counted.total_logs).toBe(expected.length);
    expect(counted.total_errors).toBe(expected.replace(/[^bc]/g, '').length);
    expect(counted.total_issues).toBe(counted.total_errors);
  });

  it('takes several levels', async () => {
    const response = await fetch(`${collector.url}/api/v1/logs?level=ERROR&level=FATAL`);
    expect(await response.json()).toMatchObject({ total: 2, logs: [{ id: 'c' }, { id: 'b' }] });
  });

  it('choose the issues with a matching entry', async () => {
    const titles = async (query: Record<string, string>): Promise<string[]> =>
      (await issues(collector, query)).issues.map(({ title }) => title);
    expect(await titles({})).toEqual(['mail stopped', 'DbError']);
    expect(await titles({ service: 'shop' })).toEqual(['DbError']);
    expect(await titles({ level: 'FATAL', q: 'mail' })).toEqual(['mail stopped']);
    expect(await titles({ level: 'WARN' })).toEqual([]);
  });
});

describe('lists', () => {
  it.each([logs, issues])('%# go through everything once, by page and by cursor', async (list) => {
    const total = (await list(collector)).total as number;
    const byPage: unknown[] = [];
    const byCursor: unknown[] = [];
    for (let page = 1; page <= total; page += 1) {
      const answer = await list(collector, { page: String(page), per_page: '1' });
      expect(answer).toMatchObject({ page, per_page: 1, total });
      byPage.push(...('logs' in answer ? answer.logs : answer.issues));
    }
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer: Awaited<ReturnType<typeof list>> = await list(collector, {
        per_page: '1',
        ...(cursor ? { cursor } : {}),
      });
      byCursor.push(...('logs' in answer ? answer.logs : answer.issues));
      cursor = answer.next_cursor;
    }
    expect(byPage).toHaveLength(total);
    expect(byCursor).toEqual(byPage);
  });

  it('keep filters under a cursor', async () => {
    const first = await logs(collector, { service: 'mail', per_page: '2' });
    const second = await logs(collector, {
      service: 'mail',
      per_page: '2',
      cursor: first.next_cursor as string,
    });
    expect([first, second].map((answer) => answer.logs.map(({ id }) => id).join(''))).toEqual(['ed', 'c']);
    expect(second).toMatchObject({ total: null, next_cursor: null });
  });

  it('end with an empty page', async () => {
    expect(await logs(collector, { page: '9' })).toMatchObject({ logs: [], total: 5, next_cursor: null });
  });
});

describe('a bad query is refused with 422 and a reason', () => {
  const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    ['/api/v1/logs?level=error', 'level must be one of DEBUG, INFO, WARN, ERROR, FATAL'],
    ['/api/v1/logs?sevice=shop', 'there is no filter sevice'],
    ['/api/v1/stats/overview?page=1', 'there is no filter page'],
    ['/api/v1/logs?per_page=1001', 'per_page must be <= 1000'],
    ['/api/v1/logs?per_page=x', 'per_page must be integer'],
    ['/api/v1/logs?page=0', 'page must be >= 1'],
    ['/api/v1/logs?q=%00', 'q must not hold U+0000'],
    ['/api/v1/logs?q=', 'q must NOT have fewer than 1 characters'],
    ['/api/v1/issues?from_ts=yesterday', 'from_ts must be an ISO 8601 date or date and time'],
    ['/api/v1/logs?cursor=nonsense', 'cursor must be a next_cursor of an earlier answer'],
    [`/api/v1/logs?cursor=${forged(['2026-11-01', 'a\0'])}`, 'cursor must be'],
    [`/api/v1/logs?cursor=${forged([1, 2])}`, 'cursor must be'],
    [`/api/v1/issues?cursor=${forged(['2026-11-01', '1; drop table logs'])}`, 'cursor must be'],
  ])('%s', async (path, detail) => {
    const response = await fetch(collector.url + path);
    expect(response.status).toBe(422);
    expect(((await response.json()) as { detail: string }).detail).toContain(detail);
  });
});

describe('access', () => {
  const paths = [
    '/api/v1/logs',
    '/api/v1/logs/a',
    '/api/v1/issues',
    '/api/v1/issues/1',
    '/api/v1/stats/overview',
    '/api/v1/stats/severity',
    '/api/v1/stats/timeline',
    '/api/v1/gaps',
  ];

  it('without a token is for those who call this machine by its own name', async () => {
    const statusFor = (host: string, path: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const { port } = collector;
        request({ port, path, agent: false, headers: { host } }, (response) =>
          resolve(response.resume().statusCode),
        )
          .on('error', reject)
          .end();
      });
    for (const path of paths) {
      expect(await statusFor('evil.example', path)).toBe(403);
      expect(await statusFor('127.0.0.1.evil.example:80', path)).toBe(403);
      expect(await statusFor('localhost:4319', path)).toBe(200);
      expect(await statusFor('[::1]:4319', path)).toBe(200);
    }
  });

  it('with a token asks for it, for reading only', async () => {
    const guarded = await createServer(partsOn(failingAfter(Infinity), 'secret-token'));
    const url = await guarded.listen({ port: 0, host: '127.0.0.1' });
    const read = (path: string, authorization?: string): Promise<Response> =>
      fetch(url + path, authorization === undefined ? {} : { headers: { authorization } });
    for (const path of paths) {
      const refused = await read(path);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      for (const wrong of [
        'Bearer',
        'Bearer secret',
        'Bearer secret-token2',
        'Basic secret-token',
        'secret-token',
      ]) {
        expect((await read(path, wrong)).status).toBe(401);
      }
      // What this database answers makes no sense to every route; that it was asked is what counts.
      expect((await read(path, 'Bearer secret-token')).status).not.toBe(401);
      expect((await read(path, 'bearer secret-token')).status).not.toBe(401);
    }
    const ingested = await fetch(`${url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': 'th_test' },
      body: JSON.stringify([entry()]),
    });
    expect(ingested.status).toBe(202);
    expect((await read('/health')).status).toBe(200);
    await guarded.close();
  });

  it('answers 405 to another method and 404 to another path', async () => {
    const response = await fetch(`${collector.url}/api/v1/logs`, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${collector.url}/api/v1/log`)).status).toBe(404);
    expect((await fetch(`${collector.url}/%ff`)).status).toBe(400);
  });
});
