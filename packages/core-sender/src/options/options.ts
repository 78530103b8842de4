import type { Dispatcher } from 'undici';

/** Where logs go when no endpoint is given: TraceHub's public address, plain HTTP. Every example sets its own. */
export const DEFAULT_ENDPOINT = 'http://103.127.146.14';

/**
 * What every adapter takes. Times are milliseconds. An explicit value beats the environment, which beats the
 * default; a bad explicit value throws {@link TraceHubConfigError}, a bad environment value warns and the default
 * is used.
 */
export interface SenderOptions {
  /** Project key. Required, unless `enabled` is false. Environment: `TRACEHUB_API_KEY`. */
  apiKey?: string;
  /** Name of the application. Required. Environment: `TRACEHUB_SERVICE`, `OTEL_SERVICE_NAME`. */
  service?: string;
  /** Such as production, staging, dev. Required. Environment: `TRACEHUB_ENVIRONMENT`. */
  environment?: string;
  /**
   * Base URL of the server; trailing slashes are trimmed. Default: {@link DEFAULT_ENDPOINT}. Plain http to a host
   * that is not loopback gives one warning: key and logs travel in clear. Environment: `TRACEHUB_ENDPOINT`.
   */
  endpoint?: string;
  /** Flush when this many entries wait: a trigger, not a size. Default 50, minimum 1. */
  batchSize?: number;
  /** Entries one request takes at most. Default 1,000, minimum 1. */
  maxBatchEntries?: number;
  /** Bytes of JSON one request takes at most; the body on the wire stays under 900 KiB. Default 1 MiB, minimum 1 KiB. */
  maxBatchBytes?: number;
  /** Longest an entry waits in ms, counted from the oldest, never reset. Default 5000, minimum 10. */
  flushInterval?: number;
  /** Capacity of the ring buffer in entries; when full, `overflow` decides. Default 10,000, minimum 1. */
  maxBuffer?: number;
  /** The same in bytes of JSON, over waiting and in-flight entries. Default 64 MiB, minimum 1 MiB. */
  maxBufferBytes?: number;
  /**
   * What a full ring does: `'drop-oldest'` (default) drops and counts the oldest entry, `'spill'` moves the whole
   * ring to the dead-letter queue in one synchronous append.
   */
  overflow?: 'drop-oldest' | 'spill';
  /** Requests in flight. Default 2, minimum 1, maximum 64. */
  concurrency?: number;
  /** Retries after the first attempt. Default 3, minimum 0, maximum 20. */
  maxRetries?: number;
  /** Whole attempt in ms, connect to last byte. Default 10,000, minimum 100. */
  timeout?: number;
  /** Gzip the body. Default true. */
  compress?: boolean;
  /** Gzip level, 1 to 9. Default 1: level 6 saves 8 % more bytes for twice the CPU (performance.md). */
  compressionLevel?: number;
  /**
   * Dead-letter directory; `false` turns it off. Not writable: memory only, one warning, tried again every minute.
   * Default `~/.tracehub/dlq`. Environment: `TRACEHUB_DLQ_PATH`.
   */
  dlqPath?: string | false;
  /** Bytes the dead-letter directory may hold; the oldest segments are dropped and counted. Default 256 MiB, minimum 1 MiB. */
  maxDlqBytes?: number;
  /**
   * Write-ahead: an entry is handed to the operating system before it is sent, so that after SIGKILL the next start
   * sends it. Needs `dlqPath`. Default false.
   */
  durable?: boolean;
  /** Longest time in ms from the log call to that, 0 for inside the call. What is lost at most. Default 20, minimum 0, maximum 10,000. */
  durableInterval?: number;
  /** A copy of the entry's id in `extra.tracehub_id`. Default false. */
  idInExtra?: boolean;
  /** After this many ms `close()` moves the rest to the dead-letter queue. Default 5000, minimum 0, maximum 8000. */
  closeTimeout?: number;
  /**
   * Signals on which the sender closes and then lets the signal do what it would have done; a second one acts at
   * once. Default false: the app's signals are its own. App thread only: a pino target gets it through the helper.
   */
  closeOnSignal?: false | readonly NodeJS.Signals[];
  /** Entries per second and level that are let through; the excess is counted as `rate-limit`. Default: none. Minimum 1. */
  rateLimit?: number;
  /**
   * Paths whose values never reach buffer, disk or server: `['user.password', 'req.headers["x-key"]', '*.token',
   * 'items[*].card']`. In the words of the logged record, as pino's own option; `*` stands for one level. Default: none.
   *
   * - Applied to what would be written of a record, so it makes no difference what the value is (a getter, a Map, a
   *   `toJSON`, a Proxy). A Map with keys that are no strings is written as a list of pairs: name the whole of it.
   * - An error's own properties, causes and members: `err.config.headers.authorization`, `err.cause.token`,
   *   `err.errors[*].token`. An error that the logger does not keep in a field is known as `err`, `error` and
   *   `exception` at once, and its properties as the record's.
   * - `err.message`, `error_message`, `err.stack`, `module`, `trace_id` and the like have their effect on the column
   *   the value would have gone to, `err.message` also on the stack's first lines and on a message that repeats it.
   * - The members of a field `extra` are known as `extra.password` and as `password`.
   * - Text inside a message cannot be named by a path, nor what the sender itself knows: host, pid, service.
   *
   * When it fails the record goes out with its message alone, and a warning `TRACEHUB_REDACT` says so.
   */
  redact?: readonly string[] | Redaction;
  /** Least severe level to send, in the logger's own words. Default: all. */
  level?: string | number;
  /** false: everything is accepted and discarded, nothing is opened, no key is needed. Default true. Environment: `TRACEHUB_ENABLED`. */
  enabled?: boolean;
  /** undici dispatcher to send through; in-process only. Default: a pool that honours `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`. */
  dispatcher?: Dispatcher;
}

/** What `redact` takes out, and what it leaves in its place. Plain data: it may have to cross a thread. */
export interface Redaction {
  paths: readonly string[];
  /** Stands where a value was. Default `[REDACTED]`. */
  censor?: string;
  /** Leaves the key out instead; an item of an array becomes null. Default false. */
  remove?: boolean;
}

/** The options after {@link resolveOptions}: complete, checked; nothing else in the code defaults anything. */
export interface ResolvedOptions extends Required<
  Omit<SenderOptions, 'level' | 'rateLimit' | 'redact' | 'dispatcher'>
> {
  level: string | number | undefined;
  rateLimit: number | undefined;
  redact: Required<Redaction> | undefined;
  dispatcher: Dispatcher | undefined;
}
