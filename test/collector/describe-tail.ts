import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogRecord } from '@tracehub/collector';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { entry, startReadingServer, type ReadingServer, type TestProject } from './reading-kit.ts';
import { openTail } from './tail-client.ts';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `n${n}`);
const idsOf = (logs: readonly LogRecord[]): string[] => logs.map(({ id }) => id);

/** What following the log must do, whatever database holds it. */
export function describeTail(name: string, open: () => Promise<Database>): void {
  describe(`the tail of ${name}`, () => {
    let database: Database;
    let server: ReadingServer;
    let project: TestProject;
    beforeEach(async () => {
      database = await open();
      server = await startReadingServer(database);
      project = await server.project();
    });
    afterEach(async () => {
      await server.close();
      await database.close();
    });

    it('brings what is stored from now on, of its own project, as the filters say', async () => {
      await project.post([entry('before', { level: 'ERROR' })]);
      const all = await openTail(project);
      const errors = await openTail(project, { query: 'level=ERROR&q=failed' });
      await (await server.project()).post([entry('foreign', { level: 'ERROR', message: 'failed' })]);
      await project.post([entry('a'), entry('b', { level: 'ERROR', message: 'failed' })]);
      await project.post([entry('a'), entry('c')]);
      expect(idsOf(await all.until(3))).toEqual(['a', 'b', 'c']);
      expect(idsOf(await errors.until(1))).toEqual(['b']);
      await Promise.all([all.close(), errors.close()]);
    });

    it('goes on after a broken connection without a gap or a double', async () => {
      const ids = numbers(2000);
      const first = await openTail(project);
      let { lastId } = first;
      await first.close();
      let isPosting = true;
      const posting = Promise.all(
        [0, 1, 2, 3].map(async (lane) => {
          const mine = ids.filter((_, n) => n % 4 === lane);
          for (let n = 0; n < mine.length; n += 25) {
            const batch = mine.slice(n, n + 25).map((id) => entry(id));
            await project.post(batch);
            // The same once more is a group without an entry.
            if (n % 100 === 0) await project.post(batch);
          }
        }),
      ).finally(() => (isPosting = false));
      const seen: string[] = [];
      let connections = 0;
      while (isPosting || seen.length < ids.length) {
        connections += 1;
        const tail = await openTail(project, { lastId });
        // Cut wherever that is; once all is stored, everything that is missing has to come.
        if (isPosting) await tail.forSome(20 + (connections % 7) * 20);
        else await tail.until(ids.length - seen.length);
        await tail.close();
        seen.push(...idsOf(tail.logs));
        ({ lastId } = tail);
      }
      await posting;
      expect(connections).toBeGreaterThan(2);
      expect(seen.toSorted()).toEqual(ids.toSorted());
    });

    it('serves many readers, and refuses one more than it can bear', async () => {
      const tails = await Promise.all(numbers(50).map(() => openTail(project)));
      await expect(openTail(project)).rejects.toThrow('503 50 readers follow the log already');
      await project.post([entry('a')]);
      for (const tail of tails) expect(idsOf(await tail.until(1))).toEqual(['a']);
      await Promise.all(tails.map((tail) => tail.close()));
      // The server notices that they have gone.
      await vi.waitFor(async () => (await openTail(project)).close(), { timeout: 5000 });
    });

    it.each([
      ['Last-Event-ID must be the id', { lastId: 'x' }],
      ['Last-Event-ID must be the id', { lastId: '5:7-6' }],
      ['there is no filter servce', { query: 'servce=a' }],
      ['from_ts must be an ISO 8601', { query: 'from_ts=now' }],
    ])('is refused with 422: %s', async (reason, options) => {
      await expect(openTail(project, options)).rejects.toThrow(`422 ${reason}`);
    });

    it('ends when the server closes', async () => {
      const own = await startReadingServer(database);
      const tail = await openTail(await own.project());
      const before = performance.now();
      await own.close();
      await tail.ended;
      expect(performance.now() - before).toBeLessThan(3000);
    });
  });
}
