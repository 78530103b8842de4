import { expect, it } from 'vitest';
import type { LogsAnswer, OverviewAnswer, SeverityAnswer, TimelineAnswer } from '@tracehub/collector';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { describeServed } from './describe-served.ts';
import { entry } from './reading-kit.ts';

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
const none = { DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0, FATAL: 0 };

/** What numbers reading must give, whatever database holds the entries. */
export function describeCounts(name: string, open: () => Promise<Database>): void {
  describeServed(`numbers from ${name}`, open, (served) => {
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
      await served.project.post(entries);
      await served.project.post(entries);
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

          const { body: severity } = await served.project.get<SeverityAnswer>(
            `/api/v1/stats/severity?${query}`,
          );
          expect([query, severity]).toEqual([query, { severity: expected, counted_from: null }]);
          const { body: list } = await served.project.get<LogsAnswer>(`/api/v1/logs?per_page=1&${query}`);
          expect([query, list.total]).toEqual([query, inRange.length]);
          // The same entries, counted one by one.
          const { body: overview } = await served.project.get<OverviewAnswer>(
            `/api/v1/stats/overview?q=hello&${query}`,
          );
          expect([query, overview.total_logs]).toEqual([query, inRange.length]);
          if (from !== undefined && to !== undefined && from > to) continue;
          const { body: timeline } = await served.project.get<TimelineAnswer>(
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
      await served.project.post([
        entry('a', { timestamp: '2026-01-01' }),
        entry('b', { timestamp: '2026-11-22' }),
      ]);
      const { body } = await served.project.get<TimelineAnswer>('/api/v1/stats/timeline');
      expect(body.interval).toBe(7 * 86_400);
      expect(body.buckets).toHaveLength(47);
      expect(body.buckets.filter(({ INFO }) => INFO === 1)).toHaveLength(2);
      const refused = await served.project.get<{ detail: string }>('/api/v1/stats/timeline?interval=1m');
      expect(refused).toMatchObject({
        status: 422,
        body: { detail: expect.stringContaining('2000') as string },
      });
      const empty = await served.server.project();
      const { body: nothing } = await empty.get<TimelineAnswer>('/api/v1/stats/timeline');
      expect(nothing.buckets.map(({ INFO }) => INFO)).toEqual([0]);
    });

    it('stops counting where exact numbers would cost more than they tell, and says so', async () => {
      const start = Date.parse('2026-11-22T00:00:00Z');
      for (let n = 0; n < 11_000; n += 1000) {
        await served.project.post(
          Array.from({ length: 1000 }, (_, i) =>
            entry(`n${n + i}`, { service: 'busy', timestamp: new Date(start + n + i).toISOString() }),
          ),
        );
      }
      const { body: list } = await served.project.get<LogsAnswer>('/api/v1/logs?q=hello&per_page=1');
      expect(list).toMatchObject({ total: 1000, total_relation: 'gte' });
      const { body: all } = await served.project.get<LogsAnswer>('/api/v1/logs?level=INFO&per_page=1');
      expect(all).toMatchObject({ total: 11_000, total_relation: 'eq' });
      const { body: overview } = await served.project.get<OverviewAnswer>(
        '/api/v1/stats/overview?service=busy',
      );
      expect(overview).toMatchObject({ total_logs: 10_000, counted_from: '2026-11-22T00:00:01.000000Z' });
      const { body: exact } = await served.project.get<OverviewAnswer>('/api/v1/stats/overview');
      expect(exact).toMatchObject({ total_logs: 11_000, counted_from: null });
    });
  });
}
