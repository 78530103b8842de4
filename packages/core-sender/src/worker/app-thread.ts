import {
  type MessagePort,
  isMainThread,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import {
  LINK,
  type Progress,
  STATS_EVENT,
  type StatsArgs,
  WARNING_EVENT,
  type WarningData,
  type WorkerLink,
} from './protocol.ts';

const STATS_MS = 1_000;

/** What a worker of thread-stream was started with. */
interface StartData {
  stateBuf?: unknown;
  workerData?: { pinoWillSendConfig?: unknown; [LINK]?: WorkerLink };
}

/** The app's thread as seen from a worker that thread-stream started. */
export class AppThread {
  readonly port: MessagePort;
  /** Whether pino has said that it will send its configuration. */
  readonly sendsConfig: boolean;
  /** Of a worker that this family of packages started; undefined in one of pino's own. */
  readonly link: WorkerLink | undefined;
  #lastProgress = '';

  constructor(port: MessagePort, sendsConfig: boolean, link: WorkerLink | undefined) {
    this.port = port;
    this.sendsConfig = sendsConfig;
    this.link = link;
  }

  /** undefined where this is not a worker that thread-stream started: there nobody understands its messages. */
  static find(): AppThread | undefined {
    const data = workerData as StartData | null;
    if (isMainThread || !parentPort || !(data?.stateBuf instanceof SharedArrayBuffer)) return undefined;
    const { pinoWillSendConfig, [LINK]: link } = data.workerData ?? {};
    return new AppThread(parentPort, pinoWillSendConfig === true, link);
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
   * Warns on the app thread. Whoever started this with a link listens and warns with name and code; without it
   * thread-stream does, and the clone of an Error would have neither, so the code goes to the front of the text.
   */
  warn(warning: Error): void {
    const { name, message } = warning;
    const { code } = warning as { code?: string };
    if (this.link) this.emit(WARNING_EVENT, { name, code, message } satisfies WarningData);
    else
      this.port.postMessage({ code: 'WARNING', err: code === undefined ? message : `[${code}] ${message}` });
  }

  /** Tells the counts once a second if they have changed; the returned function tells the last ones and stops. */
  reportProgress(progress: () => Progress): () => void {
    const tell = (): void => {
      const now = progress();
      const text = JSON.stringify(now);
      if (text === this.#lastProgress) return;
      this.#lastProgress = text;
      this.emit(STATS_EVENT, ...([now.stats, now.taken] satisfies StatsArgs));
    };
    const timer = setInterval(tell, STATS_MS).unref();
    return () => {
      clearInterval(timer);
      tell();
    };
  }
}
