import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import { idSchema, logId, logSchema, pageSchema } from './answer-schemas.ts';
import type { LogRecord, LogsAnswer } from './answers.ts';
import { countEntries, isCountedAhead } from './entry-counts.ts';
import { listNewest, type ListSource, type Total } from './list.ts';
import { logColumns } from './log-records.ts';
import { pageOfList, querySchema, type ListQuery } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addLogConditions, Where } from './where.ts';

const source: ListSource = { table: 'logs', columns: logColumns, time: 'logs.timestamp', idType: 'text' };

/** `GET /api/v1/logs`: entries, newest first; `GET /api/v1/logs/{id}`: one of them. */
export function addLogsRoutes(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: ListQuery }>(
    '/api/v1/logs',
    {
      schema: {
        tags: ['logs'],
        summary: 'Entries, newest first',
        querystring: querySchema(pageOfList),
        response: { 200: pageSchema('logs', logSchema) },
      },
    },
    async ({ query, project }): Promise<LogsAnswer> => {
      async function countAhead(): Promise<Total> {
        const { groups } = await countEntries(database, project, query);
        return { total: groups.reduce((sum, { count }) => sum + count, 0), total_relation: 'eq' };
      }
      const where = addLogConditions(new Where(), project, query);
      const total = isCountedAhead(query) ? countAhead : undefined;
      const { rows: logs, ...page } = await listNewest<LogRecord>(database, source, where, query, total);
      return { logs, ...page };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/logs/:id',
    {
      schema: {
        tags: ['logs'],
        summary: 'One entry; the newest, should an id have come with several timestamps',
        params: idSchema(logId),
        response: { 200: logSchema },
      },
    },
    async ({ params, project }): Promise<LogRecord> => {
      const [log] = await database.query<LogRecord>(
        `select ${logColumns} from logs where project_id = $1 and id = $2 order by logs.timestamp desc limit 1`,
        [project, params.id],
      );
      if (log === undefined) throw new HttpProblem(404, 'there is no such entry');
      return log;
    },
  );
}
