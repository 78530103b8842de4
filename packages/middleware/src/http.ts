import type { IncomingMessage, ServerResponse } from 'node:http';
import { openExchange } from './node-exchange.ts';
import { type TraceHubMiddlewareOptions, resolveOptions } from './options.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

/**
 * Trace ids for a handler of node:http: `createServer(withTraceHub(handler))`. What the handler throws or rejects
 * with goes on to whoever called it.
 *
 * @throws TraceHubConfigError for a bad option.
 */
export function withTraceHub<Result>(
  handler: (request: IncomingMessage, response: ServerResponse) => Result,
  options: TraceHubMiddlewareOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Result {
  const settings = resolveOptions(options);
  return (request, response) => {
    const exchange = openExchange(settings, request, response);
    const handle = (): Result => handler(request, response);
    return exchange ? exchange.watch(handle) : handle();
  };
}
