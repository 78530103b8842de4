import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { addHealthRoutes, type HealthParts } from './health-routes.ts';
import { HttpProblem } from './http-problem.ts';
import { addIngestRoute, type IngestParts } from './ingest/ingest-route.ts';
import { columnLimits } from './ingest/validate-entry.ts';
import { queryFaultToText } from './read/query-fault.ts';
import { addPageRoutes } from './page-routes.ts';
import { collectOpenApi } from './read/openapi.ts';
import { addReadRoutes, type ReadParts } from './read/read-routes.ts';

/** A request that takes longer to arrive is given up, so that slow clients cannot hold sockets for ever. */
const requestTimeout = 60_000;

/** What a server shows; a worker has its health only. */
export interface ServerParts {
  health: HealthParts;
  ingest?: IngestParts;
  read?: ReadParts;
}

/** The HTTP server with all its routes, not yet listening. */
export async function createServer({ health, ingest, read }: ServerParts): Promise<FastifyInstance> {
  const app = fastify({
    requestTimeout,
    // The longest thing in a path is the id of an entry; two UTF-16 units may be one character.
    routerOptions: { maxParamLength: 2 * columnLimits.id },
    forceCloseConnections: 'idle',
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (error, _request, reply) => void sendError(error, reply),
  });
  app.setErrorHandler<FastifyError>((error, _request, reply) => sendError(error, reply));
  answerUnknownRoutes(app);
  endConnectionsOnClose(app);

  // Bodies are read by the route that wants one, within its own limits.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  if (read !== undefined) await collectOpenApi(app);
  addHealthRoutes(app, health);
  if (ingest !== undefined) addIngestRoute(app, ingest);
  if (read !== undefined) {
    await addReadRoutes(app, read);
    await addPageRoutes(app);
  }
  return app;
}

/** 405 for a path that exists under another method, 404 for one that does not. */
function answerUnknownRoutes(app: FastifyInstance): void {
  const methods = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, [...(methods.get(url) ?? []), ...[method].flat()]);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split('?', 1)[0] as string);
    if (allowed === undefined) return reply.status(404).send({ detail: 'Not Found' });
    return reply.status(405).header('allow', allowed.join(', ')).send({ detail: 'Method Not Allowed' });
  });
}

/** Lets a connection that is busy while the server closes end with its answer; Node would keep it alive. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => void (closing = true));
  app.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close');
  });
}

function sendError(error: FastifyError | HttpProblem, reply: FastifyReply): FastifyReply {
  if (error instanceof HttpProblem) {
    return reply.status(error.status).headers(error.headers).send({ detail: error.detail });
  }
  if (error.validation)
    return reply.status(422).send({ detail: queryFaultToText(error.validation, error.validationContext) });
  const status = error.statusCode ?? 500;
  if (status < 500) return reply.status(status).send({ detail: error.message });
  process.emitWarning(error);
  return reply.status(500).send({ detail: 'Internal server error' });
}
