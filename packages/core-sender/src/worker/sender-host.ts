import type { Sender } from '../sender-interface.ts';
import type { AppThread } from './app-thread.ts';
import type { TakeLine } from './line-cutter.ts';
import {
  type Progress,
  RECEIPT_EVENT,
  type ReceiptArgs,
  type WorkerRequest,
  lineToRequest,
} from './protocol.ts';

/** The worker's half of a sender in a worker: takes the lines in, answers requests, tells how far it has come. */
export class SenderHost {
  readonly #sender: Sender;
  readonly #app: AppThread | undefined;
  readonly #take: TakeLine;
  readonly #stopReports: (() => void) | undefined;
  #taken = 0;

  /** @param take Hands one line of the app to the sender. Must not throw. */
  constructor(sender: Sender, app: AppThread | undefined, take: TakeLine) {
    this.#sender = sender;
    this.#app = app;
    this.#take = take;
    this.#stopReports = app?.reportProgress(() => this.#progress());
  }

  /** One line, without its end. */
  take(bytes: Buffer, start: number, end: number): void {
    const request = this.#request(bytes, start, end);
    if (request) return void this.#answer(request);
    this.#taken++;
    this.#take(bytes, start, end);
  }

  /** Closes the sender and tells the last counts. */
  async close(): Promise<void> {
    await this.#sender.close();
    this.#stopReports?.();
  }

  #request(bytes: Buffer, start: number, end: number): WorkerRequest | undefined {
    const link = this.#app?.link;
    // Nearly every line is the app's and differs in its first byte: it need not be made a string for this.
    if (!link || bytes[start] !== link.token.charCodeAt(0)) return undefined;
    return lineToRequest(link, bytes.toString('utf8', start, end));
  }

  async #answer({ id, ask }: WorkerRequest): Promise<void> {
    const receipt = await this.#sender[ask]();
    this.#app?.emit(RECEIPT_EVENT, ...([id, receipt, this.#progress()] satisfies ReceiptArgs));
  }

  #progress(): Progress {
    return { stats: this.#sender.stats(), taken: this.#taken };
  }
}
