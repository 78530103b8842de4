import { type Receipt, type Stats, createSender } from '@tracehub/core-sender';
import type { ThreadStream } from './transport.ts';
import {
  type HelperLink,
  RECEIPT_EVENT,
  type ReceiptArgs,
  STATS_EVENT,
  type WorkerRequest,
  requestToLine,
} from './worker-protocol.ts';

/**
 * A worker that says nothing for `closeTimeout` and this is stuck. While it works off what lies between the threads
 * it tells its counts every second; beside that it needs to start and to spill.
 */
const SILENCE_MS = 4_000;

/** The worker of a transport as seen from the app thread: asks it, and knows what it said last. */
export class WorkerSide {
  readonly #stream: ThreadStream;
  readonly #link: HelperLink;
  readonly #closeTimeout: number;
  readonly #waiting = new Map<number, (receipt: Receipt) => void>();
  #nextId = 1;
  // Until the worker speaks: the counts of a sender that does nothing.
  #stats: Stats = createSender({ enabled: false }, { sdkVersion: 'pino' }).stats();
  #lost = 0;
  #heard = (): void => {};

  constructor(stream: ThreadStream, link: HelperLink, closeTimeout: number) {
    this.#stream = stream;
    this.#link = link;
    this.#closeTimeout = closeTimeout;
    stream.on(STATS_EVENT, (stats: Stats) => {
      this.#stats = stats;
      this.#heard();
    });
    stream.on(RECEIPT_EVENT, (...[id, receipt, stats]: ReceiptArgs) => {
      this.#stats = stats;
      this.#answer(id, receipt);
    });
    stream.once('close', () => this.#answerAll());
  }

  /** The last counts of the worker, and the lines that came too late for it. */
  stats(): Stats {
    const { accepted, dropped, drops } = this.#stats;
    return {
      ...this.#stats,
      accepted: accepted + this.#lost,
      dropped: dropped + this.#lost,
      drops: { ...drops, closed: drops.closed + this.#lost },
    };
  }

  /** A line came after the end of the worker. */
  lost(): true {
    this.#lost++;
    return true;
  }

  /** Resolves with the answer, or with the last known counts if the worker ends without one. */
  ask(ask: WorkerRequest['ask']): Promise<Receipt> {
    if (!this.#stream.writable) return Promise.resolve(this.#receipt());
    const answer = new Promise<Receipt>((resolve) => {
      const id = this.#nextId++;
      this.#waiting.set(id, resolve);
      this.#stream.write(requestToLine(this.#link, { id, ask }));
    });
    return holdingLoop(answer);
  }

  /** Asks the worker to close, then ends it: `end()` alone would block the app thread until all is sent. */
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
      this.#stream.end();
      // A stuck worker may never close.
      if (receipt) await closed;
    }
    return receipt ?? this.#receipt();
  }

  #receipt(): Receipt {
    const { delivered, deadLettered, dropped } = this.stats();
    return { delivered, deadLettered, dropped };
  }

  #answer(id: number, receipt: Receipt): void {
    this.#waiting.get(id)?.(receipt);
    this.#waiting.delete(id);
  }

  #answerAll(): void {
    for (const id of this.#waiting.keys()) this.#answer(id, this.#receipt());
  }
}

/** pino's worker does not keep the process alive, so an app that waits for it last would end with status 13. */
async function holdingLoop<T>(work: Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, 2 ** 30);
  try {
    return await work;
  } finally {
    clearInterval(hold);
  }
}
