import { getTraceId } from '@tracehub/core-sender/trace';

/**
 * For pino's option `mixin`: gives each line the trace id of the async context that logs it. It has to be read on
 * the app thread, at the log call; the worker does not know the context.
 */
export function traceMixin(): { trace_id?: string } {
  const traceId = getTraceId();
  // A new object each time: pino writes the fields of the log call into it.
  return traceId === undefined ? {} : { trace_id: traceId };
}
