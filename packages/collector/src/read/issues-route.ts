import type { FastifyInstance } from 'fastify';
import type { LogLevel } from '../store/log-row.ts';
import { isoTime, listNewest, type ListSource, type Page } from './list.ts';
import { listSchema, type ListQuery } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addIssueConditions, Where } from './where.ts';

/** Errors of one kind. */
export interface IssueRecord {
  id: number;
  /** The `fingerprint` of its entries. */
  fingerprint: string;
  title: string;
  error_type: string | null;
  /** Level of the first entry. */
  level: LogLevel;
  status: 'OPEN' | 'IN_PROGRESS' | 'RESOLVED';
  /** How many entries it has. */
  count: number;
  first_seen: string;
  last_seen: string;
  /** Stack of the latest entry that had one. */
  sample_stack: string | null;
}

/** Answer of `GET /api/v1/issues`. */
export interface IssuesAnswer extends Omit<Page<IssueRecord>, 'rows'> {
  issues: IssueRecord[];
}

const source: ListSource = {
  table: 'issues',
  columns: `
    id::float8 as id, fingerprint, title, error_type, level, status, count::float8 as count,
    ${isoTime('first_seen')} as first_seen, ${isoTime('last_seen')} as last_seen, sample_stack`,
  time: 'issues.last_seen',
  idType: 'bigint',
};

/** `GET /api/v1/issues`: issues, the one seen last first. Filters choose those with a matching entry. */
export function addIssuesRoute(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: ListQuery }>(
    '/api/v1/issues',
    { schema: { querystring: listSchema } },
    async ({ query, project }): Promise<IssuesAnswer> => {
      const where = addIssueConditions(new Where(), project, query);
      const { rows: issues, ...page } = await listNewest<IssueRecord>(database, source, where, query);
      return { issues, ...page };
    },
  );
}
