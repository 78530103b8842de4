import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Exchange } from './exchange.ts';
import type { MiddlewareSettings } from './options.ts';
import { pathOf } from './request-line.ts';
import { TRACE_HEADER, traceIdOfRequest } from './trace-id-of-request.ts';

/** On the request, for all copies of this package: a middleware that is used twice must not give it a second id. */
const EXCHANGE: unique symbol = Symbol.for('tracehub.exchange');

/** A request of node:http, or of node:http2 in its compatible form. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The response to it. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** `originalUrl`: Express and Connect take the mount path of a router off `url`. */
type OpenRequest = NodeRequest & { originalUrl?: string; [EXCHANGE]?: Exchange };

/** The exchange a request belongs to, unless it is ignored. */
export function exchangeOf(request: NodeRequest): Exchange | undefined {
  return (request as OpenRequest)[EXCHANGE];
}

/**
 * Begins the exchange of a request of node:http, or finds the one that an outer middleware began; undefined if the
 * request is to be ignored.
 */
export function openExchange(
  settings: MiddlewareSettings,
  request: OpenRequest,
  response: NodeResponse,
  routeOf: () => string | undefined = () => undefined,
): Exchange | undefined {
  const begun = exchangeOf(request);
  if (begun) {
    begun.routeOf = routeOf;
    return begun;
  }
  const path = pathOf(request.originalUrl ?? request.url ?? '/');
  if (settings.isIgnored(path)) return undefined;
  const { 'x-trace-id': traceHeader, traceparent } = request.headers;
  const traceId = traceIdOfRequest(traceHeader, traceparent);
  const exchange = new Exchange(settings, traceId, request.method ?? 'GET', path, routeOf);
  request[EXCHANGE] = exchange;
  bindEvents(exchange, request);
  bindEvents(exchange, response);
  addHeader(exchange, response);
  reportEnd(exchange, response);
  return exchange;
}

/** Node emits these events in the context of the connection; who listens to a request belongs to the request. */
function bindEvents(exchange: Exchange, emitter: EventEmitter): void {
  const emit = emitter.emit.bind(emitter);
  emitter.emit = (...args) => exchange.run(() => emit(...args));
}

/** Only when the head is written, because error handlers (Koa's own) drop every header set before. */
function addHeader(exchange: Exchange, response: NodeResponse): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => NodeResponse;
  (response as { writeHead: typeof writeHead }).writeHead = (...args) => {
    const headers: unknown = args.at(-1);
    // Given as a list: beside a header that was set, Node would keep the last value of each name only.
    if (Array.isArray(headers)) args[args.length - 1] = withTraceHeader(headers, exchange.traceId);
    else if (!response.headersSent) response.setHeader(TRACE_HEADER, exchange.traceId);
    return writeHead(...args);
  };
}

/** Names and values in one list, or pairs; an id that the app has put there itself wins. */
function withTraceHeader(headers: readonly unknown[], traceId: string): unknown[] {
  const isPairs = Array.isArray(headers[0]);
  const names = isPairs
    ? headers.map((pair) => (pair as unknown[])[0])
    : headers.filter((_, index) => index % 2 === 0);
  if (names.some((name) => String(name).toLowerCase() === 'x-trace-id')) return [...headers];
  return isPairs ? [...headers, [TRACE_HEADER, traceId]] : [...headers, TRACE_HEADER, traceId];
}

function reportEnd(exchange: Exchange, response: NodeResponse): void {
  let isFinished = false;
  response.once('finish', () => (isFinished = true));
  response.once('close', () => {
    exchange.ended(response.headersSent ? response.statusCode : undefined, !isFinished);
  });
}
