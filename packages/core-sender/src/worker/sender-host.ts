import type { Sender } from '../sender-interface.ts';
import type { AppThread } from './app-thread.ts';
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
  readonly #take: (line: string) => void;
  readonly #stopReports: (() => void) | undefined;
  #taken = 0;

  /** @param take Hands one line of the app to the sender. Must not throw. */
  constructor(sender: Sender, app: AppThread | undefined, take: (line: string) => void) {
    this.#sender = sender;
    this.#app = app;
    this.#take = take;
    this.#stopReports = app?.reportProgress(() => this.#progress());
  }

  /** One line, without its end. */
  take(line: string): void {
    const request = this.#app?.link && lineToRequest(this.#app.link, line);
    if (request) return void this.#answer(request);
    this.#taken++;
    this.#take(line);
  }

  /** Closes the sender and tells the last counts. */
  async close(): Promise<void> {
    await this.#sender.close();
    this.#stopReports?.();
  }

  async #answer({ id, ask }: WorkerRequest): Promise<void> {
    const receipt = await this.#sender[ask]();
    this.#app?.emit(RECEIPT_EVENT, ...([id, receipt, this.#progress()] satisfies ReceiptArgs));
  }

  #progress(): Progress {
    return { stats: this.#sender.stats(), taken: this.#taken };
  }
}
