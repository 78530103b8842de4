import type { FastifyInstance } from 'fastify';
import type { LogRow } from '../store/log-row.ts';
import { isoTime, listNewest, type ListSource, type Page } from './list.ts';
import { listSchema, type ListQuery } from './query-schema.ts';
import type { ReadParts } from './read-routes.ts';
import { addLogConditions, Where } from './where.ts';

/** A stored entry as it is read. */
export interface LogRecord extends Omit<LogRow, 'project_id'> {
  /** When the collector took it in. */
  received_at: string;
}

/** Answer of `GET /api/v1/logs`. */
export interface LogsAnswer extends Omit<Page<LogRecord>, 'rows'> {
  logs: LogRecord[];
}

const source: ListSource = {
  table: 'logs',
  columns: `
    id, ${isoTime('timestamp')} as timestamp, level, message, service, environment, host, pid, thread_id,
    sdk_version, trace_id, module, error_type, error_message, stack_trace, extra, fingerprint,
    ${isoTime('received_at')} as received_at`,
  time: 'logs.timestamp',
  idType: 'text',
};

/** `GET /api/v1/logs`: entries, newest first. */
export function addLogsRoute(app: FastifyInstance, { database }: ReadParts): void {
  app.get<{ Querystring: ListQuery }>(
    '/api/v1/logs',
    { schema: { querystring: listSchema } },
    async ({ query, project }): Promise<LogsAnswer> => {
      const where = addLogConditions(new Where(), project, query);
      const { rows: logs, ...page } = await listNewest<LogRecord>(database, source, where, query);
      return { logs, ...page };
    },
  );
}
