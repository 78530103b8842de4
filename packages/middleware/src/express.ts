import type { IncomingMessage, ServerResponse } from 'node:http';
import { exchangeOf, openExchange } from './node-exchange.ts';
import { type TraceHubMiddlewareOptions, resolveOptions } from './options.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

type Next = (error?: unknown) => void;

/** What Express adds while it routes; written in node:http's terms so that no Express types are needed. */
interface RoutedRequest {
  baseUrl?: string;
  route?: { path: unknown };
}

/**
 * Trace ids for Express 4 and 5 (and Connect): `app.use(traceHub())` before everything else. For lines about
 * unhandled errors add {@link traceHubErrors} behind the routes.
 *
 * @throws TraceHubConfigError for a bad option.
 */
export function traceHub(
  options: TraceHubMiddlewareOptions = {},
): (request: IncomingMessage, response: ServerResponse, next: Next) => void {
  const settings = resolveOptions(options);
  return (request, response, next) => {
    const exchange = openExchange(settings, request, response);
    if (!exchange) return next();
    exchange.routeOf = watchRoute(request as RoutedRequest);
    exchange.run(next);
  };
}

/** Takes note of unhandled errors and passes them on: `app.use(traceHubErrors())` behind the routes. */
export function traceHubErrors(): (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void {
  return (error, request, _response, next) => {
    exchangeOf(request)?.failed(error);
    next(error);
  };
}

/** Noted when Express chooses it: on the way out of a router with an error the mount path is forgotten. */
function watchRoute(request: RoutedRequest): () => string | undefined {
  // A route can have several paths, or a RegExp for one.
  const patternOf = (chosen: RoutedRequest['route']): string | undefined =>
    chosen && (request.baseUrl ?? '') + [chosen.path].flat().map(String).join('|');
  let { route } = request;
  let pattern = patternOf(route);
  Object.defineProperty(request, 'route', {
    configurable: true,
    enumerable: true,
    get: () => route,
    set: (chosen: typeof route) => {
      route = chosen;
      pattern = patternOf(chosen) ?? pattern;
    },
  });
  return () => pattern;
}
