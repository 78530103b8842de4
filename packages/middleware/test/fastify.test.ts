import { Readable } from 'node:stream';
import fastify, { type FastifyError } from 'fastify';
import { expect, it } from 'vitest';
import { traceHub } from '../src/fastify.ts';
import { afterTest } from '../../../test/kit/after-test.ts';
import { describeMiddleware } from './describe-middleware.ts';
import { walk } from './walk.ts';

describeMiddleware(
  'Fastify 5',
  async (parts) => {
    const app = fastify();
    afterTest(() => app.close());
    app.register(traceHub, parts.options);
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      parts.handled.push(error);
      reply.code(error.statusCode ?? 500).send();
    });
    app.register(
      (orders, _options, done) => {
        orders.get('/:id', async () => ({ seen: await walk() }));
        orders.post<{ Body: { item: string } }>('/:id', async ({ body }) => ({
          item: body.item,
          seen: await walk(),
        }));
        orders.get('/:id/fail', async () => {
          throw parts.failure;
        });
        orders.get('/:id/refuse', () => {
          throw parts.refusal;
        });
        done();
      },
      { prefix: '/orders' },
    );
    app.get('/stream', (_request, reply) => reply.send(Readable.from(parts.chunks())));
    app.get('/health', async () => ({ seen: await walk() }));
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
  { hasPatterns: true },
);

it('refuses a bad option when the app gets ready', async () => {
  const app = fastify().register(traceHub, { ignore: 'health' });
  await expect(app.ready()).rejects.toMatchObject({ code: 'TRACEHUB_CONFIG', option: 'ignore' });
});
