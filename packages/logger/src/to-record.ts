import { type Level, type LogRecord, callerStack, isErrorLike, nestedError } from '@tracehub/core-sender';

/** What can be said beside the message. Fields of other names go to `extra` too. */
export interface LogDetails {
  /** Part of the application that logs. Default: the module of the child logger, if it is one. */
  module?: string;
  /** A plain object; its members are found again in `extra` of the entry. */
  extra?: Readonly<Record<string, unknown>>;
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

const USED: ReadonlySet<string> = new Set(['excInfo']);

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
  if (isErrorLike(details)) return { level, message, error: details, fields: { module } };
  try {
    const { errorType, errorMessage, stackTrace, ...rest } = toDetails(details);
    const isStackWanted = rest.excInfo === true && !nestedError({ message, ...rest });
    const fields = {
      ...rest,
      module: rest.module ?? module,
      error_type: errorType,
      error_message: errorMessage,
      stack_trace: stackTrace ?? (isStackWanted ? callerStack(called) || undefined : undefined),
    };
    return { level, message, fields, used: USED };
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
