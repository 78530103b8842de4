import type { FastifyInstance } from 'fastify';
import type { Queryable } from '../store/database.ts';
import { addIssuesRoute } from './issues-route.ts';
import { addLogsRoute } from './logs-route.ts';
import { addOverviewRoute } from './overview-route.ts';
import { checkReadAccess } from './read-access.ts';

/** What reading needs. */
export interface ReadParts {
  database: Queryable;
  /** The project whose entries are shown. */
  project: number;
  readToken: string | undefined;
}

/** Everything that shows stored entries, behind one check of access. */
export async function addReadRoutes(app: FastifyInstance, parts: ReadParts): Promise<void> {
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', async (request) => checkReadAccess(request.headers, parts.readToken));
    addLogsRoute(guarded, parts);
    addIssuesRoute(guarded, parts);
    addOverviewRoute(guarded, parts);
  });
}
