import type { FastifyInstance } from 'fastify';
import type { Queryable } from '../store/database.ts';
import { addIssuesRoute } from './issues-route.ts';
import { addLogsRoute } from './logs-route.ts';
import { addOverviewRoute } from './overview-route.ts';
import type { ReadAccess } from './read-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project whose entries a request may read; set before any reading route runs. */
    project: number;
  }
}

/** What reading needs. */
export interface ReadParts {
  database: Queryable;
  access: ReadAccess;
}

/** Everything that shows stored entries, behind one check of access. */
export async function addReadRoutes(app: FastifyInstance, parts: ReadParts): Promise<void> {
  await app.register(async (guarded) => {
    guarded.decorateRequest('project', 0);
    guarded.addHook('onRequest', async (request) => {
      request.project = await parts.access.findProject(request.headers);
    });
    addLogsRoute(guarded, parts);
    addIssuesRoute(guarded, parts);
    addOverviewRoute(guarded, parts);
  });
}
