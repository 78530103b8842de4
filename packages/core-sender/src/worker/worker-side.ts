import type { Receipt } from '../report/ledger.ts';
import { NO_STATS, type Stats } from '../report/stats.ts';
import {
  type Progress,
  RECEIPT_EVENT,
  type ReceiptArgs,
  STATS_EVENT,
  type StatsArgs,
  WARNING_EVENT,
  type WarningData,
  type WorkerLink,
  type WorkerRequest,
  lineToRequest,
  requestToLine,
} from './protocol.ts';
import type { ThreadStream } from './thread.ts';

/**
 * A worker that says nothing for `closeTimeout` and this is stuck, and ended with all it holds. While it works off what
 * lies between the threads it tells its counts every second; beside that it needs to start and to spill, on a machine
 * that may have other things to do. As long as thread-stream waits at the end of the process.
 */
const SILENCE_MS = 10_000;

/** The worker of a sender as seen from the app's thread: asks it, and knows what it said last. */
export class WorkerSide {
  /** Lines handed to the worker. */
  written = 0;
  readonly #stream: ThreadStream;
  readonly #link: WorkerLink;
  readonly #write: (line: string) => void;
  readonly #closeTimeout: number;
  readonly #waiting = new Map<number, (receipt: Receipt) => void>();
  #nextId = 1;
  #progress: Progress = { stats: NO_STATS, taken: 0 };
  #late = 0;
  #isEnded = false;
  #heard = (): void => {};

  /** @param write Writes a line behind all that were written before, without its end. */
  constructor(stream: ThreadStream, link: WorkerLink, closeTimeout: number, write: (line: string) => void) {
    this.#stream = stream;
    this.#link = link;
    this.#write = write;
    this.#closeTimeout = closeTimeout;
    stream.on(STATS_EVENT, (...[stats, taken]: StatsArgs) => {
      this.#progress = { stats, taken };
      this.#heard();
    });
    stream.on(RECEIPT_EVENT, (...[id, receipt, progress]: ReceiptArgs) => {
      this.#progress = progress;
      this.#answer(id, receipt);
    });
    stream.on(WARNING_EVENT, warn);
    stream.once('ready', () => this.#heard());
    stream.once('close', () => {
      this.#isEnded = true;
      for (const id of this.#waiting.keys()) this.#answer(id, this.receipt());
    });
  }

  /** What of all that was handed to it has come to no known end, when the worker has ended. */
  get lost(): number {
    const { stats, taken } = this.#progress;
    return this.#isEnded ? this.written - taken + stats.pending : 0;
  }

  /** The last counts of the worker; the lines that came too late for it, and those that its end has taken along. */
  stats(): Stats {
    const { stats, taken } = this.#progress;
    const { lost } = this;
    const unread = this.#isEnded ? this.written - taken : 0;
    return {
      ...stats,
      accepted: stats.accepted + unread + this.#late,
      pending: this.#isEnded ? 0 : stats.pending,
      dropped: stats.dropped + lost + this.#late,
      drops: {
        ...stats.drops,
        closed: stats.drops.closed + this.#late,
        internal: stats.drops.internal + lost,
      },
    };
  }

  /** Whether a line is a request of this side. */
  isRequest(line: string): boolean {
    return lineToRequest(this.#link, line) !== undefined;
  }

  receipt(): Receipt {
    const { delivered, deadLettered, dropped } = this.stats();
    return { delivered, deadLettered, dropped };
  }

  /** A line came after the end of the worker. */
  late(): true {
    this.#late++;
    return true;
  }

  /** Resolves with the answer, or with the last known counts if the worker ends without one. */
  ask(ask: WorkerRequest['ask']): Promise<Receipt> {
    if (!this.#stream.writable) return Promise.resolve(this.receipt());
    const answer = new Promise<Receipt>((resolve) => {
      const id = this.#nextId++;
      this.#waiting.set(id, resolve);
      this.#write(requestToLine(this.#link, { id, ask }));
    });
    return holdingLoop(answer);
  }

  /** Asks the worker to close, then ends it: `end()` alone would block the app's thread until all is sent. */
  close(): Promise<Receipt> {
    return holdingLoop(this.#close());
  }

  async #close(): Promise<Receipt> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#closeTimeout + SILENCE_MS);
      this.#heard = () => void timer?.refresh();
    });
    const receipt = await Promise.race([this.ask('close'), silence]);
    this.#heard = () => {};
    clearTimeout(timer);
    if (!this.#stream.closed) {
      const closed = new Promise<void>((resolve) => this.#stream.once('close', resolve));
      // A stuck worker would hold the app's thread for as long as `end()` waits.
      if (receipt) this.#stream.end();
      else void this.#stream.worker.terminate();
      await closed;
    }
    return receipt ?? this.receipt();
  }

  #answer(id: number, receipt: Receipt): void {
    this.#waiting.get(id)?.(receipt);
    this.#waiting.delete(id);
  }
}

function warn({ name, code, message }: WarningData): void {
  const warning = Object.assign(new Error(message), { name, code });
  delete warning.stack;
  process.emitWarning(warning);
}

/** The worker does not keep the process alive, so an app that waits for it last would end with status 13. */
async function holdingLoop<T>(work: Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, 2 ** 30);
  try {
    return await work;
  } finally {
    clearInterval(hold);
  }
}
