import type { Transform } from 'node:stream';
import { type Sender, createSender, isTraceHubError, resolveOptions } from '@tracehub/core-sender';
import { AppThread, LINK, PIECE, SenderHost, type WorkerLink } from '@tracehub/core-sender/worker';
import type AbstractTransport from 'pino-abstract-transport';
import { callAfter } from './call-after.ts';
import { toCloneableError } from './cloneable-error.ts';
import { LineReader } from './line-reader.ts';
import { type TraceHubPinoOptions, type TraceHubTransportOptions, refuseWorker } from './options.ts';
import { receiveConfig } from './pino-config.ts';
import { pinoProfile } from './profile.ts';

/** What thread-stream writes to. */
export type TraceHubDestination = Transform & {
  /** Calls back when everything written before has been delivered or has otherwise come to an end. */
  flush(callback: (error?: Error) => void): void;
};

type WorkerOptions = TraceHubTransportOptions & { [LINK]?: WorkerLink };

/**
 * The transport of `pino({ transport: { target: '@tracehub/pino', options } })`. Runs in pino's worker thread.
 * Its stream emits `error` for nothing but options that cannot be used.
 */
export default async function traceHubTarget(
  options: TraceHubPinoOptions = {},
): Promise<TraceHubDestination> {
  const app = AppThread.find();
  try {
    return await openDestination(options, app);
  } catch (error) {
    throw app && isTraceHubError(error) ? toCloneableError(error) : error;
  }
}

async function openDestination(
  given: WorkerOptions,
  app: AppThread | undefined,
): Promise<TraceHubDestination> {
  const { [LINK]: link, ...options } = given;
  refuseWorker(options);
  const reader = new LineReader(options.level);
  // Listened to before anything is awaited: the message comes once.
  const config =
    app && receiveConfig(app.port, (found) => reader.configure(found), app.sendsConfig ? undefined : 0);
  // This is not the thread that logs. Without the helper nothing says which one is; it is nearly always `main`.
  const threadId = link?.threadId ?? 'main';
  const emitWarning = app && ((warning: Error) => app.warn(warning));
  if (emitWarning) leaveOutSignals(options, emitWarning);
  // An app with a wrong option hears of it now, even before it has made its logger.
  resolveOptions(options);
  if (!app || (await config)) reader.checkLevel();
  const sender = createSender(options, pinoProfile(reader, emitWarning && { threadId, emitWarning }));
  // Loaded here: the app thread imports this file too and has no use for it.
  const { default: build } = await import('pino-abstract-transport');
  return createDestination(build, sender, reader, app);
}

function createDestination(
  build: typeof AbstractTransport,
  sender: Sender,
  reader: LineReader,
  app: AppThread | undefined,
): TraceHubDestination {
  const host = new SenderHost(sender, app, (line) => {
    // The config was posted before the lines, but lines and messages reach this thread in any order.
    if (!reader.isConfigured) app?.receiveNow();
    const record = reader.read(line);
    if (record) sender.send(record);
  });
  const close = (): Promise<void> => host.close();
  const stream = build((source) => void source.resume(), {
    metadata: false,
    // All work is done here and null given back, "nothing to pass on": an object stream behind this one would
    // cost time per line and press back on the app, whose heap then grows (reliability.md 3).
    parseLine(line) {
      host.take(line);
      return null;
    },
    close,
  });
  takeInPieces(stream);
  closeBeforeFinish(stream, close);
  return Object.assign(stream, {
    flush(callback: (error?: Error) => void): void {
      const flush = (): void => void callAfter(sender.flush(), callback);
      // What was written before may still be under way, piece by piece.
      if (stream.writable) stream.write('', flush);
      else flush();
    },
  });
}

/** The loop gets a turn after each piece. */
function takeInPieces(stream: Transform): void {
  const transform = stream._transform.bind(stream);
  stream._transform = (chunk: Buffer, encoding, callback) => {
    const take = (start: number): void => {
      const end = start + PIECE;
      transform(chunk.subarray(start, end), encoding, (error) => {
        if (error || (start === 0 && end >= chunk.length)) callback(error);
        else setImmediate(() => (end < chunk.length ? take(end) : callback()));
      });
    };
    take(0);
  };
}

/** The end of a pino `pipeline` waits for its last stream's `finish`, not for its `close`, and then the worker ends. */
function closeBeforeFinish(stream: Transform, close: () => Promise<void>): void {
  const flush = stream._flush.bind(stream);
  stream._flush = (callback) =>
    flush((error, data: unknown) => void callAfter(close(), () => callback(error, data)));
}

/** Signals reach the app thread only, so in a worker the option would be taken and do nothing. */
function leaveOutSignals(options: TraceHubTransportOptions, emitWarning: (warning: Error) => void): void {
  if (!options.closeOnSignal) return;
  delete options.closeOnSignal;
  const message = '[tracehub] option closeOnSignal has no effect in a pino target; use traceHubTransport';
  emitWarning(
    Object.assign(new Error(message), { name: 'TraceHubWarning', code: 'TRACEHUB_CLOSE_ON_SIGNAL' }),
  );
}
