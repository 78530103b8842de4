import type { IncomingMessage, ServerResponse } from 'node:http';
import { openExchange } from './node-exchange.ts';
import { type TraceHubMiddlewareOptions, resolveOptions } from './options.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

/** What is read of Koa's context, so that no Koa types are needed. `_matchedRoute` is set by @koa/router. */
export interface KoaContext {
  req: IncomingMessage;
  res: ServerResponse;
  _matchedRoute?: unknown;
}

/**
 * Trace ids for Koa 2 and 3: `app.use(traceHub())` before everything else.
 *
 * @throws TraceHubConfigError for a bad option.
 */
export function traceHub(
  options: TraceHubMiddlewareOptions = {},
): (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown> {
  const settings = resolveOptions(options);
  return (context, next) => {
    const exchange = openExchange(settings, context.req, context.res, () => {
      const { _matchedRoute: route } = context;
      return typeof route === 'string' || route instanceof RegExp ? String(route) : undefined;
    });
    return exchange ? exchange.watch(next) : next();
  };
}
