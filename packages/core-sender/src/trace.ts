import { AsyncLocalStorage } from 'node:async_hooks';
import { activeSpanTraceId } from './open-telemetry.ts';

export { activeSpanTraceId };

interface TraceStore {
  traceId: string | undefined;
}

// Shared through the global registry: an app can load an ESM and a CommonJS copy of this package at once, and
// both must see the same trace id.
const KEY = Symbol.for('tracehub.trace');
const shared = globalThis as { [KEY]?: AsyncLocalStorage<TraceStore> };

function storage(): AsyncLocalStorage<TraceStore> {
  return (shared[KEY] ??= new AsyncLocalStorage<TraceStore>());
}

/** 1 to 64 characters of this set; the server loses a whole batch on a longer id (contract.md 7.14). */
const SAFE_ID = /^[\w.:@/+=-]{1,64}$/;

/** Whether an id from outside may be used as a trace id: at most 64 safe characters. */
export function isTraceId(id: unknown): id is string {
  return typeof id === 'string' && SAFE_ID.test(id);
}

function assertTraceId(id: unknown): asserts id is string {
  if (!isTraceId(id)) {
    throw new TypeError(
      'trace id must be 1 to 64 characters out of letters, digits and . _ : @ / + = -; check foreign ids with isTraceId first',
    );
  }
}

/**
 * Runs `fn` with `id` as the trace id of everything it starts, synchronous or not; concurrent calls never see
 * each other's id. The form to prefer.
 *
 * @throws TypeError if `id` is not a usable trace id.
 */
export function runWithTraceId<T>(id: string, fn: () => T): T {
  assertTraceId(id);
  return storage().run({ traceId: id }, fn);
}

/**
 * Sets the trace id for the rest of the current async context and what it starts. The second choice, for code that
 * cannot be wrapped: an id set here outlives the function that set it, up to the end of the context. In a handler of
 * `node:http` without the middleware that context is the connection's, whose next request has the id too. Prefer
 * {@link runWithTraceId}.
 *
 * @throws TypeError if `id` is not a usable trace id.
 */
export function setTraceId(id: string): void {
  assertTraceId(id);
  storage().enterWith({ traceId: id });
}

/**
 * The trace id of the current async context: the one set here, else that of the active OpenTelemetry span. None after
 * {@link clearTraceId}: cleared is cleared, whatever span is active.
 */
export function getTraceId(): string | undefined {
  const store = storage().getStore();
  return store ? store.traceId : activeSpanTraceId();
}

/** Removes the trace id from the rest of the current async context, that of an OpenTelemetry span too. */
export function clearTraceId(): void {
  storage().enterWith({ traceId: undefined });
}

/**
 * The header that passes the trace id on to another service, or none:
 * `fetch(url, { headers: { ...traceHeaders(), accept: 'application/json' } })`, the same for undici.
 */
export function traceHeaders(): Record<string, string> {
  const traceId = getTraceId();
  return traceId === undefined ? {} : { 'X-Trace-ID': traceId };
}
