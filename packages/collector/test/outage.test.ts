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
