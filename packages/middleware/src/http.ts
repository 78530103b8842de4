import type { IncomingMessage, ServerResponse } from 'node:http';
import { type NodeRequest, type NodeResponse, openExchange } from './node-exchange.ts';
import { type TraceHubMiddlewareOptions, resolveOptions } from './options.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

/**
 * Trace ids for a handler of node:http or node:http2: `createServer(withTraceHub(handler))`. What the handler throws
 * or rejects with goes on to whoever called it.
 *
 * @throws TraceHubConfigError for a bad option.
 */
export function withTraceHub<
  Result,
  Request extends NodeRequest = IncomingMessage,
  Response extends NodeResponse = ServerResponse,
>(
  handler: (request: Request, response: Response) => Result,
  options: TraceHubMiddlewareOptions = {},
): (request: Request, response: Response) => Result {
  const settings = resolveOptions(options);
  return (request, response) => {
    const exchange = openExchange(settings, request, response);
    const handle = (): Result => handler(request, response);
    return exchange ? exchange.watch(handle) : handle();
  };
}
