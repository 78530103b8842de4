import type { FastifyPluginAsync } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { exchangeOf, openExchange } from './node-exchange.ts';
import { type TraceHubMiddlewareOptions, resolveOptions } from './options.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

const plugin: FastifyPluginAsync<TraceHubMiddlewareOptions> = async (fastify, options) => {
  const settings = resolveOptions(options);
  fastify.addHook('onRequest', (request, reply, done) => {
    const exchange = openExchange(settings, request.raw, reply.raw, () => request.routeOptions.url);
    if (!exchange) return done();
    exchange.run(done);
  });
  fastify.addHook('onError', (request, _reply, error, done) => {
    exchangeOf(request.raw)?.failed(error);
    done();
  });
};

/**
 * Trace ids for Fastify 5: `app.register(traceHub, options)` before other plugins. Not encapsulated: it holds for the
 * instance it is registered on and all within.
 */
export const traceHub: FastifyPluginAsync<TraceHubMiddlewareOptions> = fastifyPlugin(plugin, {
  name: '@tracehub/middleware',
  fastify: '5.x',
});
