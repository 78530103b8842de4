import { type Level, type LogRecord, callerStack, isRealError } from '@tracehub/core-sender';

/** What can be said beside the message. Fields of other names go to `extra` too. */
export interface LogDetails {
  /** Part of the application that logs. Default: the module of the child logger, if it is one. */
  module?: string;
  /** A plain object; its members are found again in `extra` of the entry. */
  extra?: object;
  /** What was caught. Anything but an error goes to `extra`. */
  exception?: unknown;
  /** true: the stack of this call, where no error is given. An error: the same as `exception`. Default false. */
  excInfo?: boolean | Error;
  /** Instead of the name of the error. */
  errorType?: string;
  /** Instead of the message of the error. */
  errorMessage?: string;
  /** Instead of the stack of the error; sent as it is. */
  stackTrace?: string;
}

/** Details whose name in the record is another, the Python SDK's; they are taken under that as well. */
export const FIELD_NAMES = {
  excInfo: 'exc_info',
  errorType: 'error_type',
  errorMessage: 'error_message',
  stackTrace: 'stack_trace',
} as const;

/**
 * The record of one log call. Never throws.
 *
 * @param called The method called: `excInfo` captures the stack of whoever called it.
 */
export function toRecord(
  level: Level,
  message: unknown,
  details: unknown,
  module: string | undefined,
  called: (...parameters: never[]) => void,
): LogRecord {
  if (isRealError(details)) return { level, message, error: details, fields: { module } };
  try {
    const fields: Record<string, unknown> = { ...toDetails(details) };
    fields['module'] ??= module;
    for (const [detail, field] of Object.entries(FIELD_NAMES)) {
      fields[field] = fields[detail] ?? fields[field];
      delete fields[detail];
    }
    const isCallWanted = fields['exc_info'] === true;
    return { level, message, fields, callerStack: isCallWanted ? callerStack(called) : undefined };
  } catch {
    // Details that cannot be copied, such as a getter that throws; the sender reads what can be read of them.
    return { level, message, fields: details as object };
  }
}

/** What is no object was not meant as details, but is not to be lost. */
function toDetails(details: unknown): LogDetails {
  if (details === undefined || details === null) return {};
  return typeof details === 'object' && !Array.isArray(details) ? details : { extra: details as never };
}
