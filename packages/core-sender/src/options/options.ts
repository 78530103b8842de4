import type { Dispatcher } from 'undici';

/** Where logs go when no endpoint is given: TraceHub's public address, plain HTTP. Every example sets its own. */
export const DEFAULT_ENDPOINT = 'http://103.127.146.14';

/**
 * What every adapter takes. Times are milliseconds. An explicit value beats the environment, which beats the
 * default; a bad explicit value throws {@link TraceHubConfigError}, a bad environment value warns and the default
 * is used.
 */
export interface SenderOptions {
  /**
   * Project key, starts with `th_`; needed unless `enabled` is false.
   *
   * @defaultValue required
   * @environment TRACEHUB_API_KEY
   */
  apiKey?: string;
  /**
   * Name of the application.
   *
   * @defaultValue required
   * @environment TRACEHUB_SERVICE, OTEL_SERVICE_NAME
   */
  service?: string;
  /**
   * Such as production, staging, dev.
   *
   * @defaultValue required
   * @environment TRACEHUB_ENVIRONMENT
   */
  environment?: string;
  /**
   * Base URL of the server, without `/api/…`. Plain http to another machine gives a warning: key and logs travel in
   * clear. A bad one in the environment is refused as well: the default stands in for none.
   *
   * @defaultValue `http://103.127.146.14`
   * @environment TRACEHUB_ENDPOINT
   */
  endpoint?: string;
  /**
   * Send when this many entries wait: a trigger, not a size. A batch that is not full leaves no sooner than 100 ms after
   * the last. Too small: more requests.
   *
   * @defaultValue 50
   * @minimum 1
   */
  batchSize?: number;
  /**
   * Entries one request takes at most. Too small: the buffer empties slowly, and a burst overruns it.
   *
   * @defaultValue 1,000
   * @minimum 1
   */
  maxBatchEntries?: number;
  /**
   * Bytes of JSON one request takes at most; the body on the wire stays under 900 KiB. Too small: as `maxBatchEntries`.
   *
   * @defaultValue 1 MiB
   * @minimum 1 KiB
   */
  maxBatchBytes?: number;
  /**
   * Longest an entry waits, in ms, counted from the oldest. Too small: a request for every few entries.
   *
   * @defaultValue 5000
   * @minimum 10
   */
  flushInterval?: number;
  /**
   * Entries held in memory; when it is full `overflow` decides. Too small: a burst is dropped, and counted as
   * `buffer-full`.
   *
   * @defaultValue 10,000
   * @minimum 1
   * @maximum 10,000,000
   */
  maxBuffer?: number;
  /**
   * The same in bytes of JSON, waiting and in flight together. Too small: as `maxBuffer`.
   *
   * @defaultValue 64 MiB
   * @minimum 1 MiB
   */
  maxBufferBytes?: number;
  /**
   * What a full buffer does: drop and count the oldest entry, or with `'spill'` move all of it to the dead-letter
   * queue in one synchronous append.
   *
   * @defaultValue `'drop-oldest'`
   */
  overflow?: 'drop-oldest' | 'spill';
  /**
   * Requests in flight. Too small: a slow server fills the buffer.
   *
   * @defaultValue 2
   * @minimum 1
   * @maximum 64
   */
  concurrency?: number;
  /**
   * Retries after the first attempt. Too small: a short fault sends entries by way of the disk.
   *
   * @defaultValue 3
   * @minimum 0
   * @maximum 20
   */
  maxRetries?: number;
  /**
   * A whole attempt in ms, connect to last byte. Too small: batches that the server has taken are sent again.
   *
   * @defaultValue 10,000
   * @minimum 100
   */
  timeout?: number;
  /**
   * Gzip the body.
   *
   * @defaultValue `true`
   */
  compress?: boolean;
  /**
   * Gzip level; 6 saves 8 % more bytes than 1 for twice the CPU.
   *
   * @defaultValue 1
   * @minimum 1
   * @maximum 9
   */
  compressionLevel?: number;
  /**
   * Dead-letter directory; `false` turns it off. Not writable: memory only, one warning, tried again every minute.
   *
   * @defaultValue `~/.tracehub/dlq`
   * @environment TRACEHUB_DLQ_PATH
   */
  dlqPath?: string | false;
  /**
   * Bytes the dead-letter directory may hold. Too small: an outage drops its oldest segments, counted as `dlq-full`.
   *
   * @defaultValue 256 MiB
   * @minimum 1 MiB
   */
  maxDlqBytes?: number;
  /**
   * Write-ahead: an entry is handed to the operating system before it is sent, and after SIGKILL the next start sends
   * it. Needs `dlqPath`.
   *
   * @defaultValue `false`
   */
  durable?: boolean;
  /**
   * Longest time in ms from the log call to that, 0 for inside the call; what SIGKILL loses. Too small: more writes.
   *
   * @defaultValue 20
   * @minimum 0
   * @maximum 10,000
   */
  durableInterval?: number;
  /**
   * A copy of the entry's id in `extra.tracehub_id`.
   *
   * @defaultValue `false`
   */
  idInExtra?: boolean;
  /**
   * After this many ms `close()` moves the rest to the dead-letter queue. Too small: more goes by way of the disk.
   *
   * @defaultValue 5000
   * @minimum 0
   * @maximum 8000
   */
  closeTimeout?: number;
  /**
   * Signals such as `['SIGTERM', 'SIGINT']` on which the sender closes and then lets the signal do what it would have
   * done; a second one acts at once. App thread only: for pino through `traceHubTransport`.
   *
   * @defaultValue `false`
   */
  closeOnSignal?: false | readonly NodeJS.Signals[];
  /**
   * Least severe level to send, in the logger's own words.
   *
   * @defaultValue all
   */
  level?: string | number;
  /**
   * Entries per second and level that are let through. Too small: the excess is dropped, and counted as `rate-limit`.
   *
   * @defaultValue none
   * @minimum 1
   */
  rateLimit?: number;
  /**
   * Paths such as `user.password`, `*.token`, `items[*].card` whose values never reach buffer, disk or server.
   *
   * @remarks
   * In the words of the logged record, as pino's own option; `*` stands for one level.
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
   *
   * @defaultValue none
   */
  redact?: readonly string[] | Redaction;
  /**
   * The sender works in a thread of its own, and a log call only makes a line of JSON; winston, bunyan and
   * `TraceHubLogger`: pino has a worker anyway.
   *
   * @remarks
   * Where no worker can start there is one warning, `TRACEHUB_NO_WORKER`, and the sender works on the app's thread.
   *
   * @defaultValue `false`
   */
  worker?: boolean;
  /**
   * `false`: everything is accepted and discarded, nothing is opened, no key is needed.
   *
   * @defaultValue `true`
   * @environment TRACEHUB_ENABLED
   */
  enabled?: boolean;
  /**
   * undici dispatcher to send through, in-process only. By default a pool that honours `HTTPS_PROXY`, `HTTP_PROXY`,
   * `NO_PROXY`, and whose connections hold no process; one of your own may hold it until an attempt ends (`timeout`).
   *
   * @defaultValue none
   */
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
