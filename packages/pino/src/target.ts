import type { Writable } from 'node:stream';
import {
  type Sender,
  createLineTaker,
  createSender,
  isTraceHubError,
  resolveOptions,
} from '@tracehub/core-sender';
import { AppThread, LINK, SenderHost, type WorkerLink } from '@tracehub/core-sender/worker';
import { callAfter } from './call-after.ts';
import { toCloneableError } from './cloneable-error.ts';
import { LineReader } from './line-reader.ts';
import { type TraceHubPinoOptions, type TraceHubTransportOptions, refuseWorker } from './options.ts';
import { receiveConfig } from './pino-config.ts';
import { pinoProfile } from './profile.ts';

/** What thread-stream writes to. */
export type TraceHubDestination = Writable & {
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
  return createDestination(sender, reader, app);
}

function createDestination(
  sender: Sender,
  reader: LineReader,
  app: AppThread | undefined,
): TraceHubDestination {
  const host = new SenderHost(sender, app, (bytes, start, end) => {
    // The config was posted before the lines, but lines and messages reach this thread in any order.
    if (!reader.isConfigured) app?.receiveNow();
    if (sender.sendLine(bytes, start, end)) return;
    const record = reader.read(bytes.toString('utf8', start, end));
    if (record) sender.send(record);
  });
  const stream = createLineTaker(
    (bytes, start, end) => host.take(bytes, start, end),
    () => host.close(),
  );
  return Object.assign(stream, {
    flush(callback: (error?: Error) => void): void {
      const flush = (): void => void callAfter(sender.flush(), callback);
      // What was written before may still be under way, piece by piece.
      if (stream.writable) stream.write('', flush);
      else flush();
    },
  });
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
