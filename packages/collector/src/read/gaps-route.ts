import type { FastifyInstance } from 'fastify';
import { sumOfDrops, toDropCounts } from '../drop-counts.ts';
import { toUtcMicroseconds } from '../timestamp.ts';
import type { GapRecord, GapsAnswer, LogRecord } from './answers.ts';
import { gapsSchema } from './answer-schemas.ts';
import { logColumns } from './log-records.ts';
import { querySchema, type Filters } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addLogConditions, Where } from './where.ts';

/** Reports in an answer. */
const maxReports = 100;

/**
 * `GET /api/v1/gaps`: what is missing here. A sender that had to give entries up says so in an entry of its
 * own, which names the reasons and the time (`extra.tracehub_dropped`, `from`, `to`).
 */
export function addGapsRoute(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: Filters }>(
    '/api/v1/gaps',
    {
      schema: {
        tags: ['stats'],
        summary: 'Entries that senders report as given up',
        description: 'The newest 100 reports. Filters choose among the entries that report.',
        querystring: querySchema(),
        response: { 200: gapsSchema },
      },
    },
    async ({ query, project }): Promise<GapsAnswer> => {
      const where = addLogConditions(new Where(), project, query);
      // The words of the index `logs_gaps`.
      where.and("module = 'tracehub' and jsonb_exists(extra, 'tracehub_dropped')");
      const reports = await database.query<LogRecord>(
        `select ${logColumns} from logs where ${where.sql} order by logs.timestamp desc limit ${maxReports}`,
        where.parameters,
      );
      const gaps = reports.map(toGap).filter((gap) => gap.dropped > 0);
      return { gaps, total_dropped: gaps.reduce((sum, { dropped }) => sum + dropped, 0) };
    },
  );
}

/** What a report says. */
function toGap(log: LogRecord): GapRecord {
  const { tracehub_dropped: dropped, from, to } = log.extra as Record<string, unknown>;
  const reasons = toDropCounts(dropped);
  return {
    log_id: log.id,
    reported_at: log.timestamp,
    from_ts: timeOr(log.timestamp, from),
    to_ts: timeOr(log.timestamp, to),
    service: log.service,
    environment: log.environment,
    host: log.host,
    pid: log.pid,
    dropped: sumOfDrops(reasons),
    reasons: Object.fromEntries(reasons),
  };
}

function timeOr(otherwise: string, value: unknown): string {
  return (typeof value === 'string' ? toUtcMicroseconds(value) : undefined) ?? otherwise;
}
