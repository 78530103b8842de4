import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import { expect, it, vi } from 'vitest';
import type { LogRecord } from '@tracehub/collector';
import { KeyStore } from '../../packages/collector/src/keys/key-store.ts';
import { addTailRoute, type TailTiming } from '../../packages/collector/src/read/tail/tail-route.ts';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { describeServed } from './describe-served.ts';
import { entry, startReadingServer } from './reading-kit.ts';
import { openTail } from './tail-client.ts';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `n${n}`);
const idsOf = (logs: readonly LogRecord[]): string[] => logs.map(({ id }) => id);

/** What following the log must do, whatever database holds it. */
export function describeTail(name: string, open: () => Promise<Database>): void {
  describeServed(`the tail of ${name}`, open, (served) => {
    it('brings what is stored from now on, of its own project, as the filters say', async () => {
      await served.project.post([entry('before', { level: 'ERROR' })]);
      const all = await openTail(served.project);
      const errors = await openTail(served.project, { query: 'level=ERROR&q=failed' });
      await (await served.server.project()).post([entry('foreign', { level: 'ERROR', message: 'failed' })]);
      await served.project.post([entry('a'), entry('b', { level: 'ERROR', message: 'failed' })]);
      await served.project.post([entry('a'), entry('c')]);
      expect(idsOf(await all.until(3))).toEqual(['a', 'b', 'c']);
      expect(idsOf(await errors.until(1))).toEqual(['b']);
      await Promise.all([all.close(), errors.close()]);
    });

    it('goes on after a broken connection without a gap or a double', async () => {
      const ids = numbers(2000);
      const first = await openTail(served.project);
      let { lastId } = first;
      await first.close();
      let isPosting = true;
      const posting = Promise.all(
        [0, 1, 2, 3].map(async (lane) => {
          const mine = ids.filter((_, n) => n % 4 === lane);
          for (let n = 0; n < mine.length; n += 25) {
            const batch = mine.slice(n, n + 25).map((id) => entry(id));
            await served.project.post(batch);
            // The same once more is a group without an entry.
            if (n % 100 === 0) await served.project.post(batch);
          }
        }),
      ).finally(() => (isPosting = false));
      const seen: string[] = [];
      let connections = 0;
      while (isPosting || seen.length < ids.length) {
        connections += 1;
        const tail = await openTail(served.project, { lastId });
        // Cut wherever that is; once all is stored, everything that is missing has to come.
        if (isPosting) await tail.forSome(20 + (connections % 7) * 20);
        else await tail.until(ids.length - seen.length);
        await tail.close();
        expect(tail.resets).toBe(0);
        seen.push(...idsOf(tail.logs));
        ({ lastId } = tail);
      }
      await posting;
      expect(connections).toBeGreaterThan(2);
      expect(seen.toSorted()).toEqual(ids.toSorted());
    });

    it('serves many readers, and refuses one more than it can bear', async () => {
      const tails = await Promise.all(numbers(50).map(() => openTail(served.project)));
      await expect(openTail(served.project)).rejects.toThrow('503 50 readers follow the log already');
      await served.project.post([entry('a')]);
      for (const tail of tails) expect(idsOf(await tail.until(1))).toEqual(['a']);
      await Promise.all(tails.map((tail) => tail.close()));
      // The server notices that they have gone.
      await vi.waitFor(async () => (await openTail(served.project)).close(), { timeout: 5000 });
    });

    it.each([
      ['Last-Event-ID must be the id', { lastId: 'x' }],
      ['Last-Event-ID must be the id', { lastId: '5:7-6' }],
      ['there is no filter servce', { query: 'servce=a' }],
      ['from_ts must be an ISO 8601', { query: 'from_ts=now' }],
    ])('is refused with 422: %s', async (reason, options) => {
      await expect(openTail(served.project, options)).rejects.toThrow(`422 ${reason}`);
    });

    it('ends when the server closes', async () => {
      const own = await startReadingServer(served.database);
      const tail = await openTail(await own.project());
      await own.close();
      expect(await tail.ended).toBeUndefined();
    });

    it('tells a reader who is too far behind to look at the list, and goes on at the end', async () => {
      // As many groups as no statement of ours has to look up, each of one entry.
      const { database, project } = served;
      await project.post([entry('before')]);
      const tail = await openTail(project);
      await tail.close();
      await database.run(`
        insert into logs (seq, project_id, id, timestamp, level, message)
        select nextval('log_groups'), project_id, 'missed-' || n, timestamp, 'INFO', 'missed'
        from logs, generate_series(1, 10001) as n where seq = (select max(seq) from logs)`);
      const late = await openTail(project, { lastId: tail.lastId });
      await vi.waitFor(() => expect(late.resets).toBe(1), 10_000);
      await project.post([entry('after')]);
      expect(idsOf(await late.until(1))).toEqual(['after']);
      await late.close();
    });

    /** The tail alone, with other times than a user has to wait for; its text, until the function says that it is enough. */
    async function textOfTail(
      timing: TailTiming,
      isEnough: (text: string) => Promise<boolean>,
    ): Promise<string> {
      const { database } = served;
      const app = fastify({ forceCloseConnections: true });
      app.decorateRequest('project', await new KeyStore(database).ensureProject(randomUUID()));
      addTailRoute(app, { database }, timing);
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const { body } = await fetch(`${url}/api/v1/logs/tail`);
      let text = '';
      for await (const part of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
        text += part;
        if (await isEnough(text)) break;
      }
      await app.close();
      return text;
    }

    it('gives signs of life while nothing matches, with a position that goes on', async () => {
      let first: string | undefined;
      const text = await textOfTail({ heartbeat: 50, maxAge: 60_000 }, async (soFar) => {
        const latest = [...soFar.matchAll(/^:\nid: (.*)\n\n/gm)].at(-1)?.[1];
        if (first === undefined && latest !== undefined) {
          first = latest;
          await served.project.post([entry('of another project')]);
        }
        return latest !== first;
      });
      expect(text).not.toContain('event: logs');
    });

    it('ends after a while, so that its reader has to show the token again', async () => {
      expect(await textOfTail({ heartbeat: 50, maxAge: 200 }, async () => false)).toContain('event: ready');
    });
  });
}
