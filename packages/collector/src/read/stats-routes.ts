import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import type { LevelCounts, OverviewAnswer, SeverityAnswer, TimelineAnswer } from './answers.ts';
import { overviewSchema, severitySchema, timelineSchema } from './answer-schemas.ts';
import { chooseInterval, countBuckets, fillBuckets, maxBuckets, type TimeRange } from './buckets.ts';
import { countEntries, noEntries, sumByLevel } from './entry-counts.ts';
import { querySchema, type Filters } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addIssueConditions, toTimes, Where } from './where.ts';

/** Seconds that a bucket of the timeline can be asked to have. */
const intervals = { '1m': 60, '5m': 300, '15m': 900, '1h': 3600, '3h': 10_800, '6h': 21_600, '1d': 86_400 };

/** `GET /api/v1/stats/overview|severity|timeline`: how much there is of what matches the filters. */
export function addStatsRoutes(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: Filters }>(
    '/api/v1/stats/overview',
    {
      schema: {
        tags: ['stats'],
        summary: 'How much there is',
        querystring: querySchema(),
        response: { 200: overviewSchema },
      },
    },
    async ({ query, project }): Promise<OverviewAnswer> => {
      const counts = await countEntries(database, project, query);
      const { DEBUG, INFO, WARN, ERROR, FATAL } = sumByLevel(counts);
      const where = addIssueConditions(new Where(), project, query);
      const [issues] = await database.query<{ total: number }>(
        `select count(*)::float8 as total from issues where ${where.sql}`,
        where.parameters,
      );
      return {
        total_logs: DEBUG + INFO + WARN + ERROR + FATAL,
        total_errors: ERROR + FATAL,
        total_issues: issues?.total ?? 0,
        counted_from: counts.counted_from,
      };
    },
  );

  app.get<{ Querystring: Filters }>(
    '/api/v1/stats/severity',
    {
      schema: {
        tags: ['stats'],
        summary: 'Entries of each level',
        querystring: querySchema(),
        response: { 200: severitySchema },
      },
    },
    async ({ query, project }): Promise<SeverityAnswer> => {
      const counts = await countEntries(database, project, query);
      return { severity: sumByLevel(counts), counted_from: counts.counted_from };
    },
  );

  app.get<{ Querystring: Filters & { interval?: keyof typeof intervals } }>(
    '/api/v1/stats/timeline',
    {
      schema: {
        tags: ['stats'],
        summary: 'Entries of each level over time',
        description:
          'From `from_ts` to `to_ts`, or as far as there are entries, in buckets of `interval` or of a width that makes 120 at most.',
        querystring: querySchema({
          interval: Type.Optional(Type.Unsafe({ type: 'string', enum: Object.keys(intervals) })),
        }),
        response: { 200: timelineSchema },
      },
    },
    async ({ query: { interval: name, ...filters }, project }): Promise<TimelineAnswer> => {
      const range = await findRange(project, filters);
      const interval = name === undefined ? chooseInterval(range) : intervals[name];
      if (countBuckets(range, interval) > maxBuckets) {
        throw new HttpProblem(422, `interval cuts this range into more than ${maxBuckets} buckets`);
      }
      const counts = await countEntries(database, project, filters, interval);
      const byTime = new Map<number, LevelCounts>();
      for (const { bucket, level, count } of counts.groups) {
        const time = Date.parse(bucket);
        byTime.set(time, { ...(byTime.get(time) ?? noEntries), [level]: count });
      }
      const buckets = fillBuckets(range, interval, (time) => byTime.get(time) ?? noEntries);
      return { interval, buckets, counted_from: counts.counted_from };
    },
  );

  /** What the filters ask for; where they leave an end open, the time of the first or last entry there is. */
  async function findRange(project: number, filters: Filters): Promise<TimeRange> {
    const { from, to } = toTimes(filters);
    const [known] = await database.query<{ first: number; last: number }>(
      `select (extract(epoch from min(start)) * 1000)::float8 as first,
         (extract(epoch from max(start)) * 1000)::float8 as last
       from log_counts where project_id = $1 and unit = 'minute'`,
      [project],
    );
    const first = from === undefined ? (known?.first ?? Date.now()) : Date.parse(from);
    const last = to === undefined ? (known?.last ?? Date.now()) : Date.parse(to);
    return { from: first, to: Math.max(first, last) };
  }
}
