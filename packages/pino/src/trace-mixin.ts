import { getTraceId } from '@tracehub/core-sender/trace';
import { errorFields } from './error-mixin.ts';
import { isBound } from './pino-settings.ts';

/**
 * For pino's option `mixin`: what is known at the log call on the app's thread only. The trace id of the async
 * context, unless the logger is bound to one; an error that is not under `errorKey` (there from WARN on also one deep
 * in the fields), put under it; for `exc_info: true` without an error the stack of the call as `stack_trace`. Never
 * throws.
 */
// `unknown`: pino infers the custom levels of a logger from this parameter too, and from `object` it infers none.
export function traceMixin(fields?: object, level?: number, logger?: unknown): { trace_id?: string } {
  const traceId = getTraceId();
  // A new object each time: pino writes the fields of the log call into it.
  const mixed = traceId === undefined || isBound(logger, 'trace_id') ? {} : { trace_id: traceId };
  if (!fields || level === undefined || typeof logger !== 'object' || logger === null) return mixed;
  try {
    return Object.assign(mixed, errorFields(fields, level, logger, traceMixin));
  } catch {
    // Fields that throw when they are read: pino writes of them what it can.
    return mixed;
  }
}
