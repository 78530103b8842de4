import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import type {
  IssueAnswer,
  IssueRecord,
  IssuesAnswer,
  IssueStatus,
  ListedIssue,
  LogRecord,
} from './answers.ts';
import {
  idSchema,
  issueAnswerSchema,
  issueId,
  listedIssueSchema,
  pageSchema,
  statusSchema,
} from './answer-schemas.ts';
import { countLast24Hours, issueTimeline } from './issue-counts.ts';
import { issueColumns } from './issue-records.ts';
import { listNewest, type ListSource } from './list.ts';
import { logColumns } from './log-records.ts';
import { pageOfList, querySchema, type ListQuery } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addIssueConditions, Where } from './where.ts';

const source: ListSource = {
  table: 'issues',
  columns: `${issueColumns},
    (select coalesce(error_message, message) from logs
     where logs.project_id = issues.project_id and logs.fingerprint = issues.fingerprint
     order by timestamp desc, logs.id desc limit 1) as last_message`,
  time: 'issues.last_seen',
  idType: 'bigint',
};

/** Entries shown with an issue. */
const samples = 20;

/**
 * `GET /api/v1/issues`: issues, the one seen last first. Filters choose those with a matching entry, `status`
 * those in one of its states. `GET /api/v1/issues/{id}`: one with its latest entries and its timeline.
 */
export function addIssuesRoutes(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: ListQuery & { status?: IssueStatus[]; fingerprint?: string } }>(
    '/api/v1/issues',
    {
      schema: {
        tags: ['issues'],
        summary: 'Issues, the one seen last first',
        description: 'Filters choose the issues to which a matching entry belongs.',
        querystring: querySchema({
          ...pageOfList,
          status: Type.Optional(
            Type.Array(statusSchema, { maxItems: 3, description: 'May be given several times' }),
          ),
          fingerprint: Type.Optional(
            Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'That of an entry: the issue it counts for',
            }),
          ),
        }),
        response: { 200: pageSchema('issues', listedIssueSchema) },
      },
    },
    async ({ query, project }): Promise<IssuesAnswer> => {
      const where = addIssueConditions(new Where(), project, query);
      if (query.status !== undefined) where.and('status = any(?::text[]::issue_status[])', query.status);
      if (query.fingerprint !== undefined) where.and('fingerprint = ?', query.fingerprint);
      const { rows, ...page } = await listNewest<Omit<ListedIssue, 'last_24_hours'>>(
        database,
        source,
        where,
        query,
      );
      const fingerprints = rows.map(({ fingerprint }) => fingerprint);
      const counts = await countLast24Hours(database, project, fingerprints);
      const issues = rows.map((row) => ({
        ...row,
        last_24_hours: counts.get(row.fingerprint) as number[],
      }));
      return { issues, ...page };
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/v1/issues/:id',
    {
      schema: {
        tags: ['issues'],
        summary: 'One issue with its latest entries and its timeline',
        params: idSchema(issueId),
        response: { 200: issueAnswerSchema },
      },
    },
    async ({ params, project }): Promise<IssueAnswer> => {
      const [issue] = await database.query<IssueRecord>(
        `select ${issueColumns} from issues where project_id = $1 and id = $2`,
        [project, params.id],
      );
      if (issue === undefined) throw new HttpProblem(404, 'there is no such issue');
      const latest = await database.query<LogRecord>(
        `select ${logColumns} from logs where project_id = $1 and fingerprint = $2
         order by logs.timestamp desc, logs.id desc limit ${samples}`,
        [project, issue.fingerprint],
      );
      return { ...issue, samples: latest, timeline: await issueTimeline(database, project, issue) };
    },
  );
}
