import { randomBytes } from 'node:crypto';
import { activeSpanTraceId, isTraceId } from '@tracehub/core-sender/trace';

/** A header as Node gives it: more than one of a name come as one text with commas, or as a list. */
export type HeaderValue = string | readonly string[] | undefined;

/** The header a request may bring its trace id in, and every response carries. */
export const TRACE_HEADER = 'X-Trace-ID';

/** version - trace id - parent id - flags, and what a later version adds: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** The usual ways to say "no id": zeros, as plain hex or as a UUID. */
const ALL_ZERO = /^[0-]*$/;

/**
 * The trace id of a request: its `X-Trace-ID`, else its W3C `traceparent`, else the active OpenTelemetry span's, else
 * a new one of 32 hex digits. Anything that is not exactly one usable id is passed over: a foreign id ends up in a
 * column that costs a whole batch if it does not fit (contract.md 7.14).
 */
export function traceIdOfRequest(traceHeader: HeaderValue, traceparent: HeaderValue): string {
  if (isTraceId(traceHeader) && !ALL_ZERO.test(traceHeader)) return traceHeader;
  return traceIdOfTraceparent(traceparent) ?? activeSpanTraceId() ?? randomBytes(16).toString('hex');
}

function traceIdOfTraceparent(header: HeaderValue): string | undefined {
  const parts = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  if (!parts) return undefined;
  const [, version = '', traceId = '', parentId = '', added] = parts;
  const isValid =
    version !== 'ff' &&
    (version !== '00' || added === undefined) &&
    !ALL_ZERO.test(traceId) &&
    !ALL_ZERO.test(parentId);
  return isValid ? traceId : undefined;
}
