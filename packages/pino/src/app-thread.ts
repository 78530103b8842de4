import {
  type MessagePort,
  isMainThread,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import type { Stats } from '@tracehub/core-sender';
import { STATS_EVENT, WARNING_EVENT, type WarningData } from './worker-protocol.ts';

const STATS_MS = 1_000;

/** The app thread as seen from the worker of pino's transport. */
export class AppThread {
  readonly port: MessagePort;
  /** Whether pino has said that it will send its configuration. */
  readonly sendsConfig: boolean;
  #lastStats = '';

  constructor(port: MessagePort, sendsConfig: boolean) {
    this.port = port;
    this.sendsConfig = sendsConfig;
  }

  /** undefined where this is not a worker that thread-stream started: there nobody understands its messages. */
  static find(): AppThread | undefined {
    const data = workerData as { stateBuf?: unknown; workerData?: { pinoWillSendConfig?: unknown } } | null;
    if (isMainThread || !parentPort || !(data?.stateBuf instanceof SharedArrayBuffer)) return undefined;
    return new AppThread(parentPort, data.workerData?.pinoWillSendConfig === true);
  }

  /** Handles what waits at the port now instead of in its own time: a message may be about the lines at hand. */
  receiveNow(): void {
    for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) {
      this.port.emit('message', (next as { message: unknown }).message);
    }
  }

  /** Makes the transport stream on the app thread emit `name`. */
  emit(name: string, ...args: unknown[]): void {
    this.port.postMessage({ code: 'EVENT', name, args });
  }

  /**
   * Warns on the app thread. The helper listens and warns with name and code; without it thread-stream does, and
   * the clone of an Error would have neither, so the code goes to the front of the text.
   */
  warn(warning: Error, hasHelper: boolean): void {
    const { name, message } = warning;
    const { code } = warning as { code?: string };
    if (hasHelper) this.emit(WARNING_EVENT, { name, code, message } satisfies WarningData);
    else
      this.port.postMessage({ code: 'WARNING', err: code === undefined ? message : `[${code}] ${message}` });
  }

  /** Tells the counts once a second if they have changed; the returned function tells the last ones and stops. */
  reportStats(stats: () => Stats): () => void {
    const tell = (): void => {
      const now = stats();
      const text = JSON.stringify(now);
      if (text === this.#lastStats) return;
      this.#lastStats = text;
      this.emit(STATS_EVENT, now);
    };
    const timer = setInterval(tell, STATS_MS).unref();
    return () => {
      clearInterval(timer);
      tell();
    };
  }
}

/**
 * An error that arrives readable on another thread: of an error's own properties a clone keeps message, stack and
 * cause only. So the name and the code are in the first line of the stack, which is what Node prints, and in `cause`.
 */
export function toCloneableError(error: unknown): Error {
  const { name, code, option, message, stack } = error as Error & { code?: string; option?: string };
  const clone = new Error(message, { cause: { name, code, option } });
  clone.stack = `${name} [${code}]: ${message}${stack?.match(/(\n {4}at .*)+$/)?.[0] ?? ''}`;
  return clone;
}

/** Gives an error from {@link toCloneableError} its name, code and option back. */
export function restoreError(error: Error): void {
  const cause = error.cause as { name?: string; code?: string; option?: string } | undefined;
  if (!cause?.code?.startsWith('TRACEHUB_')) return;
  Object.assign(error, cause);
}
