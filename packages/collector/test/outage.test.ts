import { afterEach, expect, it, vi } from 'vitest';
import { createServer } from '../src/server.ts';
import { entry } from './support/client.ts';
import { failingAfter, partsOn } from './support/fake-database.ts';

afterEach(() => vi.restoreAllMocks());

it.each([
  ['the key is looked up', 0, [entry()]],
  ['it is probed', 1, []],
  ['a partition is made', 1, [entry()]],
  ['a batch is stored', 3, [entry()]],
])('answers 503 with Retry-After when the database is down as %s', async (_when, statements, batch) => {
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const app = await createServer(partsOn(failingAfter(statements)));
  await app.listen({ port: 0 });
  const { port } = app.server.address() as { port: number };
  const response = await fetch(`http://localhost:${port}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'x-api-key': 'th_test' },
    body: JSON.stringify(batch),
  });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toEqual({ detail: 'the database does not answer' });
  expect(warning).toHaveBeenCalledOnce();
  await app.close();
});

it.each([
  ['does not answer', 'connection lost', undefined, 'the database does not answer'],
  ['is shutting down', 'terminating connection', '57P01', 'the database does not answer'],
  [
    'gives a search up',
    'statement timeout',
    '57014',
    'the search takes too long: ask for less time or more exactly',
  ],
])(
  'answers readers with 503 and Retry-After when the database %s, and warns once',
  async (_how, message, code, detail) => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const database = failingAfter(0);
    database.query = () => Promise.reject(Object.assign(new Error(message), code && { code }));
    const app = await createServer(partsOn(database));
    await app.listen({ port: 0 });
    const { port } = app.server.address() as { port: number };
    for (const path of ['logs', 'issues/1', 'stats/overview', 'gaps']) {
      const response = await fetch(`http://localhost:${port}/api/v1/${path}`);
      expect([path, response.status, response.headers.get('retry-after')]).toEqual([path, 503, '5']);
      expect(await response.json()).toEqual({ detail });
    }
    expect(warning).toHaveBeenCalledOnce();
    await app.close();
  },
);

it('does not blame the database for a mistake of its own', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const database = failingAfter(0);
  database.query = () => Promise.reject(new TypeError('x is not a function'));
  const app = await createServer(partsOn(database));
  await app.listen({ port: 0 });
  const { port } = app.server.address() as { port: number };
  const response = await fetch(`http://localhost:${port}/api/v1/gaps`);
  expect([response.status, await response.json()]).toEqual([500, { detail: 'Internal server error' }]);
  await app.close();
});
