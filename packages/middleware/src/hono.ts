import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { Exchange } from './exchange.ts';
import { openExchange } from './node-exchange.ts';
import { type MiddlewareSettings, type TraceHubMiddlewareOptions, resolveOptions } from './options.ts';
import { TRACE_HEADER, traceIdOfRequest } from './trace-id-of-request.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

/** What @hono/node-server gives beside the request; other runtimes do not. */
interface NodeBindings {
  incoming?: IncomingMessage;
  outgoing?: ServerResponse;
}

/**
 * Trace ids for Hono 4: `app.use(traceHub())` before everything else. On Node the line of a request is written when
 * its response is over; elsewhere, and in `app.request()`, when the response is made.
 *
 * @throws TraceHubConfigError for a bad option.
 */
export function traceHub(options: TraceHubMiddlewareOptions = {}): MiddlewareHandler {
  const settings = resolveOptions(options);
  return async (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
    const isNode = incoming !== undefined && outgoing !== undefined;
    const exchange = isNode
      ? openExchange(settings, incoming, outgoing, () => routeOf(context))
      : openWebExchange(settings, context);
    if (!exchange) return next();
    await exchange.watch(next);
    // Hono has its error handler answer and keeps the error; what is no Error is thrown on.
    if (context.error) exchange.failed(context.error);
    if (isNode) return;
    context.header(TRACE_HEADER, exchange.traceId);
    exchange.ended(context.res.status, context.req.raw.signal.aborted);
  };
}

function openWebExchange(settings: MiddlewareSettings, context: Context): Exchange | undefined {
  const { req } = context;
  if (settings.isIgnored(req.path)) return undefined;
  const traceId = traceIdOfRequest(req.header(TRACE_HEADER), req.header('traceparent'));
  return new Exchange(settings, traceId, req.method, req.path, () => routeOf(context));
}

/** The innermost route; that of a middleware for all paths, such as this one, says nothing. */
function routeOf(context: Context): string | undefined {
  const route = context.req.routePath;
  return /^\/?\*$/.test(route) ? undefined : route;
}
