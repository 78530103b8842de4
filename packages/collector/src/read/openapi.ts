import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Collects the OpenAPI document from the schemas of the routes that are added after this. */
export async function collectOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'TraceHub collector',
        description:
          'Entries are taken in with an API key (`X-API-Key`) and read with the read token, if the collector has one. Errors are `{ "detail": … }`.',
        version: '1',
      },
      components: {
        securitySchemes: {
          readToken: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
      security: [{ readToken: [] }],
      tags: [
        { name: 'ingest', description: 'For senders, with an API key' },
        { name: 'logs' },
        { name: 'issues' },
        { name: 'stats', description: 'How much there is; with the filters of the lists' },
      ],
    },
    // Only what is described is part of the API: not the page, its files or this document.
    transform: ({ schema, url }) => ({
      schema: schema?.summary === undefined ? { ...schema, hide: true } : schema,
      url,
    }),
  });
}

/** `GET /api/docs`: the OpenAPI document as a page; `/api/docs/json` and `/api/docs/yaml` as a file. */
export async function addOpenApiPage(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    logo: { type: 'image/svg+xml', content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
    theme: { title: 'TraceHub API' },
    uiConfig: { tryItOutEnabled: true, persistAuthorization: false },
  });
}
