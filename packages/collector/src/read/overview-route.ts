import type { FastifyInstance } from 'fastify';
import { filtersSchema, type Filters } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addIssueConditions, addLogConditions, Where } from './where.ts';

/** Answer of `GET /api/v1/stats/overview`. */
export interface OverviewAnswer {
  total_logs: number;
  /** Entries of level ERROR or FATAL. */
  total_errors: number;
  total_issues: number;
}

/** `GET /api/v1/stats/overview`: how much there is, of what matches the filters. */
export function addOverviewRoute(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: Filters }>(
    '/api/v1/stats/overview',
    { schema: { querystring: filtersSchema } },
    async ({ query, project }): Promise<OverviewAnswer> => {
      const parameters: unknown[] = [];
      const logs = addLogConditions(new Where(parameters), project, query);
      const issues = addIssueConditions(new Where(parameters), project, query);
      const [counts] = await database.query<OverviewAnswer>(
        `select count(*)::float8 as total_logs,
           (count(*) filter (where level in ('ERROR', 'FATAL')))::float8 as total_errors,
           (select count(*)::float8 from issues where ${issues.sql}) as total_issues
         from logs where ${logs.sql}`,
        parameters,
      );
      return counts as OverviewAnswer;
    },
  );
}
