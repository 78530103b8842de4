import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createServer } from '../src/server.ts';
import type { RowBatch } from '../src/store/row-batch.ts';
import { entry } from './support/client.ts';
import { failingAfter, partsOn } from './support/fake-database.ts';

it('does not keep parsed entries in memory while they wait to be safe', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { health, ingest } = partsOn(failingAfter(Infinity));
  if (ingest === undefined) throw new Error('there is a door');
  const waiting: (() => void)[] = [];
  const publish = (batches: readonly RowBatch[]): Promise<never[][]> =>
    new Promise((resolve) => waiting.push(() => resolve(batches.map(() => []))));
  const app = await createServer({ health, ingest: { ...ingest, queue: { ...ingest.queue, publish } } });
  await app.listen({ port: 0 });
  const { port } = app.server.address() as { port: number };
  // 1.8 MB of text, 2 KB on the wire; as objects 39 MB.
  const many = Array.from({ length: 600_000 }, () => ({}));
  const body = gzipSync(JSON.stringify([entry({ extra: { many } })]));

  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const posts = Array.from({ length: 4 }, () =>
    fetch(`http://localhost:${port}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': 'th_test', 'content-encoding': 'gzip' },
      body,
    }),
  );
  await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(4);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40e6);

  for (const confirm of waiting) confirm();
  for (const post of posts) expect(await (await post).json()).toEqual({ accepted: 1 });
  await app.close();
});
