import type { Level } from './entry.ts';
import type { FoundError } from './find-error.ts';
import type { LineProfile } from './line-profile.ts';

/** What an adapter hands over for one log call, already in the five levels, otherwise as the logger gave it. */
export interface LogRecord {
  level: Level;
  /** Any value; anything but a string is rendered. */
  message: unknown;
  /** The message is a whole record that could not be read: `redact`, which could name any part of it, withholds it. */
  isUnread?: boolean;
  /** Time of the log call: epoch ms or s, a Date, an ISO string. Anything else: now. */
  time?: unknown;
  /** An error that is not among `fields` (winston's message or splat). */
  error?: unknown;
  /** Field whose text `error` was read out of: where `redact` takes the text it takes the error. */
  errorKey?: string | undefined;
  /** The logger's own record. Known fields go to their columns, all the rest to `extra`. Never mutated. */
  fields?: object | undefined;
  /** Keys of `fields` that the adapter has already used and that are not to appear in `extra`. */
  used?: ReadonlySet<string>;
  /**
   * Trace id of the log call, for an adapter that gets records later; given as undefined: none. Default: that of the
   * current context.
   */
  traceId?: string | undefined;
  /** Stack of the log call, for a field `exc_info: true` without an error. Default: that of the profile. */
  callerStack?: string | undefined;
}

/** A record after the search for an error. It comes before redaction, which makes everything plain that was not searched. */
export interface SearchedRecord extends LogRecord {
  /** The error deep in the fields, where one was looked for and found. Given as undefined: it was not found. */
  nested?: FoundError | undefined;
}

export const DEFAULT_MODULE_KEYS: readonly string[] = ['module'];

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
   * Called during `send`, where the record brings none. Default: no stack.
   */
  callerStack?: () => string;
  /** How to read lines of JSON handed to `sendLine`. Default: every line is to be parsed. */
  line?: LineProfile;
  /** Words of this logger for fields that have others here, as paths of `redact` may say them: `{ excInfo: 'exc_info' }`. */
  synonyms?: Readonly<Record<string, string>>;
  /**
   * The fields that hold message and time, and the `used` of a usual record: with them it crosses to a worker
   * (`worker: true`) as the JSON of its fields. Default: it crosses as well, at a higher price.
   */
  plainKeys?: { message: string; time: string; used: ReadonlySet<string> };
  /** Where warnings go. Default `process.emitWarning`; pino's worker passes them to the app thread. */
  emitWarning?: (warning: Error) => void;
}
