import { isoTime } from './iso-time.ts';

/** Columns of `logs` that make a `LogRecord`. */
export const logColumns: string = `
  id, ${isoTime('timestamp')} as timestamp, level, message, service, environment, host, pid, thread_id,
  sdk_version, trace_id, module, error_type, error_message, stack_trace, extra, fingerprint,
  ${isoTime('received_at')} as received_at`;
