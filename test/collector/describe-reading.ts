import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  GapsAnswer,
  LogRecord,
  LogsAnswer,
  OverviewAnswer,
  SeverityAnswer,
  TimelineAnswer,
} from '@tracehub/collector';
import { Drops } from '../../packages/core-sender/src/report/drops.ts';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { entry, startReadingServer, type ReadingServer, type TestProject } from './reading-kit.ts';

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
const none = { DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0, FATAL: 0 };

/** What reading must answer, whatever database holds the entries. */
export function describeReading(name: string, open: () => Promise<Database>): void {
  describe(`reading from ${name}`, () => {
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
      await project.post([entry('a/b ?', fields)]);
      const path = `/api/v1/logs/${encodeURIComponent('a/b ?')}`;
      const { status, body } = await project.get<LogRecord>(path);
      expect(status).toBe(200);
      expect(body).toEqual({
        id: 'a/b ?',
        timestamp: '2026-11-22T10:00:00.000000Z',
        ...fields,
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        received_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      });
      expect((await (await server.project()).get(path)).status).toBe(404);
    });

    it('finds entries whose extra contains something', async () => {
      await project.post([
        entry('a', { extra: { user: { id: 7, name: 'x' }, tags: ['a', 'b'] } }),
        entry('b', { extra: { user: { id: 8 } } }),
        entry('c'),
      ]);
      const found = async (extra: string): Promise<string> => {
        const { body } = await project.get<LogsAnswer>(`/api/v1/logs?extra=${encodeURIComponent(extra)}`);
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
      const { status, body } = await project.get<{ detail: string }>(
        `/api/v1/logs?extra=${encodeURIComponent(extra)}`,
      );
      expect(status).toBe(422);
      expect(body.detail).toContain(reason);
    });

    it('counts exactly what lies in a range, to the microsecond', async () => {
      const times = [
        '10:00:00.000000',
        '10:00:00.000001',
        '10:00:59.999999',
        '10:01:00.000000',
        '10:01:30.500000',
        '10:01:59.999999',
        '10:02:00.000000',
        '10:59:59.999999',
        '11:00:00.000000',
        '11:20:00.000000',
        '11:59:59.999999',
        '12:00:00.000000',
        '12:30:00.000000',
      ].map((time) => `2026-11-22T${time}Z`);
      const entries = times.flatMap((timestamp, n) =>
        levels.slice(0, 1 + (n % 5)).map((level) => entry(`${n}-${level}`, { timestamp, level })),
      );
      await project.post(entries);
      await project.post(entries);
      const ends = [undefined, ...times, '2026-11-22T10:00:30.000000Z'];
      for (const from of ends) {
        for (const to of ends) {
          const inRange = entries.filter(
            ({ timestamp }) =>
              (from === undefined || String(timestamp) >= from) &&
              (to === undefined || String(timestamp) <= to),
          );
          const query = new URLSearchParams({
            ...(from && { from_ts: from }),
            ...(to && { to_ts: to }),
          }).toString();
          const expected = { ...none };
          for (const { level } of inRange) expected[level as keyof typeof none] += 1;

          const { body: severity } = await project.get<SeverityAnswer>(`/api/v1/stats/severity?${query}`);
          expect([query, severity]).toEqual([query, { severity: expected, counted_from: null }]);
          const { body: list } = await project.get<LogsAnswer>(`/api/v1/logs?per_page=1&${query}`);
          expect([query, list.total]).toEqual([query, inRange.length]);
          // The same entries, counted one by one.
          const { body: overview } = await project.get<OverviewAnswer>(
            `/api/v1/stats/overview?q=hello&${query}`,
          );
          expect([query, overview.total_logs]).toEqual([query, inRange.length]);
          if (from !== undefined && to !== undefined && from > to) continue;
          const { body: timeline } = await project.get<TimelineAnswer>(
            `/api/v1/stats/timeline?interval=1m&${query}`,
          );
          const sum = { ...none };
          for (const { ts, ...bucket } of timeline.buckets) {
            const minute = inRange.filter(
              ({ timestamp }) => String(timestamp).slice(0, 16) === ts.slice(0, 16),
            );
            expect(Object.values(bucket).reduce((a, b) => a + b)).toBe(minute.length);
            for (const level of levels) sum[level] += bucket[level];
          }
          expect([query, sum]).toEqual([query, expected]);
        }
      }
    });

    it('chooses an interval that makes few buckets and refuses one that makes too many', async () => {
      await project.post([entry('a', { timestamp: '2026-01-01' }), entry('b', { timestamp: '2026-11-22' })]);
      const { body } = await project.get<TimelineAnswer>('/api/v1/stats/timeline');
      expect(body.interval).toBe(7 * 86_400);
      expect(body.buckets).toHaveLength(47);
      expect(body.buckets.filter(({ INFO }) => INFO === 1)).toHaveLength(2);
      const refused = await project.get<{ detail: string }>('/api/v1/stats/timeline?interval=1m');
      expect(refused).toMatchObject({
        status: 422,
        body: { detail: expect.stringContaining('2000') as string },
      });
      const empty = await server.project();
      const { body: nothing } = await empty.get<TimelineAnswer>('/api/v1/stats/timeline');
      expect(nothing.buckets.map(({ INFO }) => INFO)).toEqual([0]);
    });

    it('stops counting where exact numbers would cost more than they tell, and says so', async () => {
      const start = Date.parse('2026-11-22T00:00:00Z');
      for (let n = 0; n < 11_000; n += 1000) {
        await project.post(
          Array.from({ length: 1000 }, (_, i) =>
            entry(`n${n + i}`, { service: 'busy', timestamp: new Date(start + n + i).toISOString() }),
          ),
        );
      }
      const { body: list } = await project.get<LogsAnswer>('/api/v1/logs?q=hello&per_page=1');
      expect(list).toMatchObject({ total: 1000, total_relation: 'gte' });
      const { body: all } = await project.get<LogsAnswer>('/api/v1/logs?level=INFO&per_page=1');
      expect(all).toMatchObject({ total: 11_000, total_relation: 'eq' });
      const { body: overview } = await project.get<OverviewAnswer>('/api/v1/stats/overview?service=busy');
      expect(overview).toMatchObject({ total_logs: 10_000, counted_from: '2026-11-22T00:00:01.000000Z' });
      const { body: exact } = await project.get<OverviewAnswer>('/api/v1/stats/overview');
      expect(exact).toMatchObject({ total_logs: 11_000, counted_from: null });
    });

    it('says what senders dropped, when and why, as they report it', async () => {
      const now = Date.parse('2026-11-22T10:00:00Z');
      const { record } = noticeOf(now, { 'buffer-full': 40, 'rate-limit': 2 });
      const { module, ...extra } = record.fields as Record<string, unknown>;
      const report = { level: 'WARN', message: record.message, module, service: 'shop', host: 'h', pid: 3 };
      await project.post([
        entry('real', { ...report, timestamp: '2026-11-22T10:00:05Z', extra }),
        // What anybody with a key could write.
        entry('forged', { ...report, extra: { tracehub_dropped: { x: 'many', y: -1, z: 1e300 }, from: 7 } }),
        entry('odd', { ...report, extra: { tracehub_dropped: 'all', from: [] } }),
        entry('other', { ...report, module: 'app', extra }),
      ]);
      const { body } = await project.get<GapsAnswer>('/api/v1/gaps');
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
      expect((await project.get<GapsAnswer>('/api/v1/gaps?service=mail')).body.gaps).toEqual([]);
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
