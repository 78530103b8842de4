import { expect, it } from 'vitest';
import type { GapsAnswer, LogRecord, LogsAnswer } from '@tracehub/collector';
import { Drops } from '../../packages/core-sender/src/report/drops.ts';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { describeServed } from './describe-served.ts';
import { entry } from './reading-kit.ts';

/** What reading must answer, whatever database holds the entries. */
export function describeReading(name: string, open: () => Promise<Database>): void {
  describeServed(`reading from ${name}`, open, (served) => {
    it('gives one entry, whole, to its own project only', async () => {
      const fields = {
        level: 'ERROR',
        message: 'order failed',
        service: 'shop',
        environment: 'production',
        host: 'web-1',
        pid: 7,
        thread_id: 'main',
        sdk_version: 'pino/1.0.0',
        trace_id: 'ab',
        module: 'db',
        error_type: 'DbError',
        error_message: 'refused',
        stack_trace: 'DbError: refused\n    at f (/app/a.js:1) [1:2]',
        extra: { user: { id: 7 } },
      };
      await served.project.post([entry('a/b ?', fields)]);
      const path = `/api/v1/logs/${encodeURIComponent('a/b ?')}`;
      const { status, body } = await served.project.get<LogRecord>(path);
      expect(status).toBe(200);
      expect(body).toEqual({
        id: 'a/b ?',
        timestamp: '2026-11-22T10:00:00.000000Z',
        ...fields,
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        received_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      });
      expect((await (await served.server.project()).get(path)).status).toBe(404);
    });

    it('turns pages so far, and sends whoever goes deeper to the cursor', async () => {
      for (const [query, expected] of [
        ['page=101&per_page=1000', 200],
        ['page=102&per_page=1000', 422],
        ['page=100001&per_page=2', 422],
      ] as const) {
        for (const list of ['logs', 'issues']) {
          const { status } = await served.project.get(`/api/v1/${list}?${query}`);
          expect([list, query, status]).toEqual([list, query, expected]);
        }
      }
      const { body } = await served.project.get<{ detail: string }>('/api/v1/logs?page=2002');
      expect(body.detail).toBe('page lies more than 100000 rows deep: go on with cursor instead');
    });

    it.each(['i', '😀'])(
      'shows an entry whose id is as long as one may be: 128 times %s',
      async (character) => {
        const id = character.repeat(128);
        await served.project.post([entry(id)]);
        const { status, body } = await served.project.get<LogRecord>(
          `/api/v1/logs/${encodeURIComponent(id)}`,
        );
        expect([status, body.id]).toEqual([200, id]);
      },
    );

    it('finds entries whose extra contains something', async () => {
      await served.project.post([
        entry('a', { extra: { user: { id: 7, name: 'x' }, tags: ['a', 'b'] } }),
        entry('b', { extra: { user: { id: 8 } } }),
        entry('c'),
      ]);
      const found = async (extra: string): Promise<string> => {
        const { body } = await served.project.get<LogsAnswer>(
          `/api/v1/logs?extra=${encodeURIComponent(extra)}`,
        );
        return body.logs.map(({ id }) => id).join('');
      };
      expect(await found('{"user":{"id":7}}')).toBe('a');
      expect(await found('{"tags":["b"]}')).toBe('a');
      expect(await found('{"user":{"id":"7"}}')).toBe('');
      expect(await found('{}')).toBe('ba');
    });

    it.each([
      ['x', 'is not JSON'],
      ['[1]', 'is no object'],
      ['null', 'is no object'],
      [JSON.stringify({ a: 'x\0' }), 'holds U+0000'],
      ['{"a":"\\ud800"}', 'lone surrogate'],
      [`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, 'deeper than 16'],
    ])('refuses to look for extra %s', async (extra, reason) => {
      const { status, body } = await served.project.get<{ detail: string }>(
        `/api/v1/logs?extra=${encodeURIComponent(extra)}`,
      );
      expect(status).toBe(422);
      expect(body.detail).toContain(reason);
    });

    it('says what senders dropped, when and why, as they report it', async () => {
      const now = Date.parse('2026-11-22T10:00:00Z');
      const { record } = noticeOf(now, { 'buffer-full': 40, 'rate-limit': 2 });
      const { module, ...extra } = record.fields as Record<string, unknown>;
      const report = { level: 'WARN', message: record.message, module, service: 'shop', host: 'h', pid: 3 };
      await served.project.post([
        entry('real', { ...report, timestamp: '2026-11-22T10:00:05Z', extra }),
        // What anybody with a key could write.
        entry('forged', { ...report, extra: { tracehub_dropped: { x: 'many', y: -1, z: 1e300 }, from: 7 } }),
        entry('odd', { ...report, extra: { tracehub_dropped: 'all', from: [] } }),
        entry('other', { ...report, module: 'app', extra }),
      ]);
      const { body } = await served.project.get<GapsAnswer>('/api/v1/gaps');
      expect(body).toEqual({
        gaps: [
          {
            log_id: 'real',
            reported_at: '2026-11-22T10:00:05.000000Z',
            from_ts: '2026-11-22T10:00:00.000000Z',
            to_ts: '2026-11-22T10:00:00.000000Z',
            service: 'shop',
            environment: null,
            host: 'h',
            pid: 3,
            dropped: 42,
            reasons: { 'buffer-full': 40, 'rate-limit': 2 },
          },
        ],
        total_dropped: 42,
      });
      expect((await served.project.get<GapsAnswer>('/api/v1/gaps?service=mail')).body.gaps).toEqual([]);
    });
  });
}

/** What our sender writes after drops, made by its own code. */
function noticeOf(now: number, counts: Record<string, number>): NonNullable<ReturnType<Drops['takeNotice']>> {
  const ledger = { forfeit: () => {} };
  const drops = new Drops(ledger as never, { warn: () => {} } as never, { wall: () => now } as never);
  for (const [reason, count] of Object.entries(counts)) drops.forfeit(count, reason as never);
  return drops.takeNotice() as NonNullable<ReturnType<Drops['takeNotice']>>;
}
