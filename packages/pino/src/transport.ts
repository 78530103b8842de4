import { randomBytes } from 'node:crypto';
import { errorMonitor } from 'node:events';
import {
  type Receipt,
  type ResolvedOptions,
  type Stats,
  TraceHubConfigError,
  TraceHubError,
  closeOnSignals,
  resolveOptions,
} from '@tracehub/core-sender';
import {
  type ThreadStream,
  type WorkerLink,
  WorkerSide,
  callingFile,
  endAtExit,
  ownThreadId,
  resolveFrom,
  startThread,
} from '@tracehub/core-sender/worker';
import { callAfter } from './call-after.ts';
import { restoreError } from './cloneable-error.ts';
import { type TraceHubTransportOptions, refuseWorker } from './options.ts';

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
 * @throws TraceHubError `TRACEHUB_NO_WORKER` where no worker can start: in a bundle, or without the permission.
 */
export function traceHubTransport(options: TraceHubTransportOptions = {}): TraceHubTransport {
  refuseWorker(options);
  const { options: resolved } = resolveOptions(options);
  if (resolved.dispatcher) {
    throw new TraceHubConfigError(
      'dispatcher',
      'option dispatcher cannot cross to the worker thread; use traceHubStream',
    );
  }
  const link: WorkerLink = { threadId: ownThreadId(), token: randomBytes(16).toString('hex') };
  const stream = startWorker(options, link);
  const write = stream.write.bind(stream);
  const worker = new WorkerSide(stream, link, resolved.closeTimeout, (line) => void write(`${line}\n`));
  survive(stream);
  endAtExit(stream);
  return withVerbs(stream, resolved, worker);
}

function startWorker(options: TraceHubTransportOptions, link: WorkerLink): ThreadStream {
  const { closeOnSignal: _, ...plain } = options;
  try {
    // From this package, so that it is found wherever the app is.
    const file = resolveFrom(callingFile(), '@tracehub/pino');
    return startThread(file, link, { ...plain, pinoWillSendConfig: true });
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name === 'DataCloneError') {
      throw new TraceHubConfigError(
        'options',
        `options cross to a worker thread and must be plain data: ${message}`,
      );
    }
    throw new TraceHubError(
      'TRACEHUB_NO_WORKER',
      `traceHubTransport cannot start its worker (${message}): in a bundle leave pino and @tracehub/pino outside, or use traceHubStream`,
      { cause },
    );
  }
}

/** The death of the worker must not end the app; options that cannot be used still do, as they would anywhere. */
function survive(stream: ThreadStream): void {
  let fault: Error | undefined;
  // Out of memory: thread-stream does not listen, and an `error` without a listener ends the app.
  stream.worker.on('error', (error: Error) => (fault = error));
  stream.on(errorMonitor, restoreError);
  stream.on('error', (error: Error & { code?: string }) => {
    if (stream.listenerCount('error') > 1) return;
    if (error.code === 'TRACEHUB_CONFIG') throw error;
    const { message } = fault ?? error;
    process.emitWarning(
      `[tracehub] the worker has ended, what is logged from now on is dropped: ${message}`,
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
    write(line: string): boolean {
      // A stream that has ended answers a line with `error`, which would end the app.
      if (!stream.writable) return worker.late();
      worker.written++;
      return write(line);
    },
    stats: () => worker.stats(),
    flush,
    close,
  });
}
