import { randomBytes } from 'node:crypto';
import { type EventEmitter, errorMonitor } from 'node:events';
import { resolve } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import {
  type Receipt,
  type ResolvedOptions,
  type Stats,
  TraceHubConfigError,
  closeOnSignals,
  resolveOptions,
} from '@tracehub/core-sender';
import { restoreError } from './app-thread.ts';
import { callAfter } from './call-after.ts';
import { loadPino, ownFile } from './load-pino.ts';
import type { TraceHubTransportOptions } from './options.ts';
import { WorkerSide } from './worker-side.ts';
import type { HelperLink } from './worker-protocol.ts';
import { LINK, WARNING_EVENT, type WarningData } from './worker-protocol.ts';

/** A stream that pino writes to, as `pino.transport()` makes it (thread-stream). */
export interface ThreadStream extends EventEmitter {
  readonly writable: boolean;
  readonly closed: boolean;
  write(line: string): boolean;
  flushSync(): void;
  end(): void;
}

/** What {@link traceHubTransport} makes: a destination for `pino()`, and the sender's own verbs. */
export interface TraceHubTransport extends ThreadStream {
  /** The counts as of the last message of the worker: at most a second old, exact after `flush()` and `close()`. */
  stats(): Stats;
  /** Calls back when everything logged before has come to an end; pino's `logger.flush(callback)` uses this. */
  flush(callback: (error?: Error) => void): void;
  /** Sends what waits; resolves when everything logged before has come to an end. Keeps the process alive meanwhile. */
  flush(): Promise<Receipt>;
  /**
   * Drains within `closeTimeout`, moves the rest to the dead-letter queue and ends the worker, without blocking
   * the app thread. What is logged later is counted as dropped (`closed`).
   */
  close(): Promise<Receipt>;
}

/**
 * pino's worker with this transport, made on the app thread: `pino(traceHubTransport(options))`. Options are checked
 * at once, and the app can ask for `stats()`, `flush()` and `close()`.
 *
 * @throws TraceHubConfigError for an option that cannot be used. A `level` that pino does not have is found in the
 *   worker only, and arrives as the `error` event.
 */
export function traceHubTransport(options: TraceHubTransportOptions = {}): TraceHubTransport {
  const { options: resolved } = resolveOptions(options);
  if (resolved.dispatcher) {
    throw new TraceHubConfigError(
      'dispatcher',
      'option dispatcher cannot cross to the worker thread; use traceHubStream',
    );
  }
  const link: HelperLink = {
    threadId: isMainThread ? 'main' : `worker-${threadId}`,
    token: randomBytes(16).toString('hex'),
  };
  const stream = startWorker(options, link);
  relayWarnings(stream);
  survive(stream);
  return withVerbs(stream, resolved, new WorkerSide(stream, link, resolved.closeTimeout));
}

function startWorker(options: TraceHubTransportOptions, link: HelperLink): ThreadStream {
  const { closeOnSignal: _, ...plain } = options;
  const { transport } = loadPino();
  const own = {
    target: '@tracehub/pino',
    options: { ...plain, [LINK]: link },
    caller: resolvingFiles(),
  };
  try {
    // The types of thread-stream leave out half of what it has.
    return transport(own) as unknown as ThreadStream;
  } catch (cause) {
    if ((cause as Error).name !== 'DataCloneError') throw cause;
    throw new TraceHubConfigError(
      'options',
      `options cross to a worker thread and must be plain data: ${(cause as Error).message}`,
    );
  }
}

/**
 * Files of this package for pino to resolve the target from, so that it is found wherever the app is. The second
 * lies outside of the folder of the CommonJS build, which as a package scope of its own does not know its name.
 */
function resolvingFiles(): string[] {
  const file = ownFile();
  return [file, resolve(file, '../../../package.json')];
}

function relayWarnings(stream: ThreadStream): void {
  stream.on(WARNING_EVENT, ({ name, code, message }: WarningData) => {
    const warning = Object.assign(new Error(message), { name, code });
    delete warning.stack;
    process.emitWarning(warning);
  });
}

/** The death of the worker must not end the app; options that cannot be used still do, as they would anywhere. */
function survive(stream: ThreadStream): void {
  stream.on(errorMonitor, restoreError);
  stream.on('error', (error: Error & { code?: string }) => {
    if (stream.listenerCount('error') > 1) return;
    if (error.code === 'TRACEHUB_CONFIG') throw error;
    process.emitWarning(
      `[tracehub] the worker has ended, what is logged from now on is dropped: ${error.message}`,
      {
        type: 'TraceHubWarning',
        code: 'TRACEHUB_WORKER',
      },
    );
  });
}

function withVerbs(
  stream: ThreadStream,
  { closeOnSignal }: ResolvedOptions,
  worker: WorkerSide,
): TraceHubTransport {
  const write = stream.write.bind(stream);
  let closed: Promise<Receipt> | undefined;
  let stopSignals = (): void => {};
  const close = (): Promise<Receipt> => (closed ??= worker.close().finally(() => stopSignals()));
  function flush(callback: (error?: Error) => void): void;
  function flush(): Promise<Receipt>;
  function flush(callback?: (error?: Error) => void): Promise<Receipt> | void {
    const receipt = worker.ask('flush');
    if (!callback) return receipt;
    void callAfter(receipt, callback);
  }
  if (closeOnSignal) {
    stopSignals = closeOnSignals(closeOnSignal, close);
    stream.once('close', () => stopSignals());
  }
  return Object.assign(stream, {
    // A stream that has ended answers a line with `error`, which would end the app.
    write: (line: string): boolean => (stream.writable ? write(line) : worker.lost()),
    stats: () => worker.stats(),
    flush,
    close,
  });
}
