import type { FastifyInstance } from 'fastify';
import type { Database } from '../store/database.ts';
import type { Warnings } from '../warnings.ts';
import { toDatabaseProblem } from './database-problem.ts';
import { addGapsRoute } from './gaps-route.ts';
import { addIssuesRoutes } from './issues-route.ts';
import { addLogsRoutes } from './logs-route.ts';
import { addOpenApiPage } from './openapi.ts';
import type { ReadAccess } from './read-access.ts';
import { addStatsRoutes } from './stats-routes.ts';
import { addStatusRoute } from './status-route.ts';
import { addTailRoute } from './tail/tail-route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project whose entries a request may read; set before any reading route runs. */
    project: number;
  }
}

/** What reading needs. */
export interface ReadParts {
  database: Database;
  access: ReadAccess;
  warnings: Warnings;
}

/** The largest body: a change of status. */
const bodyLimit = 1024;

/** Everything that shows stored entries, behind one check of access. */
export async function addReadRoutes(app: FastifyInstance, parts: ReadParts): Promise<void> {
  await app.register(async (guarded) => {
    guarded.decorateRequest('project', 0);
    guarded.addHook('onRequest', async (request) => {
      request.project = await parts.access.findProject(request.headers);
    });
    guarded.setErrorHandler<Error>((error) => {
      const problem = toDatabaseProblem(error);
      if (problem !== undefined) {
        parts.warnings.say('database', `the database does not answer a reader: ${error.message}`);
      }
      // To the handler of all routes, which writes the answer.
      throw problem ?? error;
    });
    guarded.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit },
      guarded.getDefaultJsonParser('error', 'error'),
    );
    addTailRoute(guarded, parts);
    addLogsRoutes(guarded, parts);
    addIssuesRoutes(guarded, parts);
    addStatusRoute(guarded, parts);
    addStatsRoutes(guarded, parts);
    addGapsRoute(guarded, parts);
  });
  await addOpenApiPage(app);
}
