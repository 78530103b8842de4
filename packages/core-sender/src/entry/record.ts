import type { Level } from './entry.ts';

/** What an adapter hands over for one log call, already in the five levels, otherwise as the logger gave it. */
export interface LogRecord {
  level: Level;
  /** Any value; anything but a string is rendered. */
  message: unknown;
  /** Time of the log call: epoch ms or s, a Date, an ISO string. Anything else: now. */
  time?: unknown;
  /** An error that is not among `fields` (winston's message or splat). */
  error?: unknown;
  /** The logger's own record. Known fields go to their columns, all the rest to `extra`. Never mutated. */
  fields?: object | undefined;
  /** Keys of `fields` that the adapter has already used and that are not to appear in `extra`. */
  used?: ReadonlySet<string>;
}

/** What is the same for every record of one adapter. */
export interface AdapterProfile {
  /** Goes to `sdk_version`, such as `pino/1.2.3`. */
  sdkVersion: string;
  /** Fields that name the module, the first that has a value wins. Default `['module']`. */
  moduleKeys?: readonly string[];
  /** Fields that hold the error, the first that really is one wins. Default `ERROR_KEYS`. */
  errorKeys?: readonly string[];
  /** Field that carries the host name, if the logger writes one. */
  hostKey?: string;
  /** Field that carries the process id, if the logger writes one. */
  pidKey?: string;
  /** Thread of the app that logs: `main` or `worker-N`. Default: the thread this runs on. */
  threadId?: string;
  /**
   * The stack of the log call, for records with a field `exc_info: true` and no error (`callerStack` makes one).
   * Called during `send`. Default: no stack.
   */
  callerStack?: () => string;
  /** Where warnings go. Default `process.emitWarning`; pino's worker passes them to the app thread. */
  emitWarning?: (warning: Error) => void;
}
