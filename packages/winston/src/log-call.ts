import { type LogRecord, callerStack } from '@tracehub/core-sender';
import { getTraceId } from '@tracehub/core-sender/trace';
import { field } from './info.ts';

/*
 * Where a record was logged only the log call knows: while a sibling transport is slow winston queues records, and
 * hands them over in the async context of whoever let the queue go on. So it is noted when the record is written to
 * the logger, and put on the record, which formats may copy. Most records are not queued, and arrive while the log
 * call is under way: those need no note, which would cost each record a property more in all that formats do.
 */

type LogCall = Pick<LogRecord, 'traceId' | 'callerStack'>;

/** On a record: its log call. On a logger: who notes them. Registered, so that all copies of this package share it. */
const LOG_CALL: unique symbol = Symbol.for('tracehub.winston.log-call');

/** As far as this is about it; a stream, as the transports are. */
interface Logger {
  readonly readableFlowing: boolean | null;
  readonly readableLength: number;
  readonly writableLength: number;
  write: (info: unknown, ...rest: unknown[]) => unknown;
  [LOG_CALL]?: { users: Set<Transport>; restore: () => void } | undefined;
}

type Transport = Pick<Logger, 'writableLength'>;

/** Frames of winston, and of the streams under it, between the log call and the logger's `write`. */
const WINSTON_FRAME =
  /[\\/]node_modules[\\/](?:winston|winston-transport|logform|readable-stream)[\\/]|\(node:|at (?:async )?node:/;

/** Has a logger note its log calls as long as one of the transports that asked for it is there. */
export function noteLogCalls(logger: unknown, transport: Transport): void {
  const root = rootOf(logger as Logger);
  (root[LOG_CALL] ??= wrapWrite(root)).users.add(transport);
}

/** The transport has left the logger. */
export function forgetLogCalls(logger: unknown, transport: Transport): void {
  const root = rootOf(logger as Logger);
  const noting = root[LOG_CALL];
  if (noting?.users.delete(transport) && noting.users.size === 0) noting.restore();
}

/** The log call of a record; undefined where it is the one under way, or no logger has noted it. */
export function logCallOf(info: object): LogCall | undefined {
  return field(info, LOG_CALL) as LogCall | undefined;
}

/** A child logger writes to its parent, with a `write` that cannot be changed. */
function rootOf(logger: Logger): Logger {
  const isChild = Object.getOwnPropertyDescriptor(logger, 'write')?.writable === false;
  return isChild ? rootOf(Object.getPrototypeOf(logger) as Logger) : logger;
}

function wrapWrite(logger: Logger): NonNullable<Logger[typeof LOG_CALL]> {
  const before = Object.getOwnPropertyDescriptor(logger, 'write');
  const { write } = logger;
  const users = new Set<Transport>();
  const noting = (info: unknown, ...rest: unknown[]): unknown => {
    if (!isPlain(info) || !areIdle(logger, users)) noteOn(info, noting);
    return write.call(logger, info, ...rest);
  };
  logger.write = noting;
  return {
    users,
    restore() {
      // Whoever has wrapped it in turn still calls it.
      if (logger.write !== noting) return;
      if (before) Object.defineProperty(logger, 'write', before);
      else Reflect.deleteProperty(logger, 'write');
      delete logger[LOG_CALL];
    },
  };
}

/** Whether there is nothing to know of the log call but its context; a record that is logged again bears an old note. */
function isPlain(info: unknown): boolean {
  if (typeof info !== 'object' || info === null) return true;
  return field(info, 'exc_info') !== true && field(info, LOG_CALL) === undefined;
}

/** Whether a record that is written now reaches the transports before the call returns. */
function areIdle(logger: Logger, users: ReadonlySet<Transport>): boolean {
  if (logger.readableFlowing !== true || logger.readableLength > 0 || logger.writableLength > 0) return false;
  for (const { writableLength } of users) if (writableLength > 0) return false;
  return true;
}

function noteOn(info: unknown, above: (...parameters: never[]) => unknown): void {
  if (typeof info !== 'object' || info === null) return;
  const isStackWanted = field(info, 'exc_info') === true;
  const call: LogCall = {
    traceId: getTraceId(),
    callerStack: isStackWanted ? callerStack(above, WINSTON_FRAME) : undefined,
  };
  try {
    Reflect.set(info, LOG_CALL, call);
  } catch {
    // A record that refuses to be written on is told by the context it arrives in.
  }
}
