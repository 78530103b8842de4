import type { BatchLimits } from '../batch/batch.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { BatchOwner } from '../send/delivery.ts';
import { ClaimOnItsWay } from './claim-on-its-way.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Selection } from './segment-claim.ts';
import { SegmentReplay } from './segment-replay.ts';

/** What a replay needs of the rest of the sender. */
export interface ReplaySink {
  readonly limits: BatchLimits;
  isOpen(): boolean;
  /** Resolves when it is the replay's turn: live entries come first. */
  turn(): Promise<void>;
  deliver(entries: readonly EncodedEntry[], owner: BatchOwner): Promise<void>;
  /** Monotonic ms. */
  now(): number;
  /** Epoch ms. */
  wall(): number;
  /** `own` of the delivered entries were dead letters of this sender. */
  replayed(count: number, own: number): void;
  rejected(count: number, own: number): void;
  /** Refused by the server with no room left for such; `own` of them were dead letters of this sender. */
  givenUp(count: number, own: number): void;
  /** A defect in a replay, or a disk that refused; the segment is put back. */
  failed(error: unknown): void;
}

/** Sends what waits in the dead-letter queue, oldest first, in batches of its own, one at a time. */
export class Replayer {
  readonly #queue: DeadLetterQueue;
  readonly #sink: ReplaySink;
  readonly #select: Selection | undefined;
  #isRunning = false;
  #isStopped = false;
  #isAsked = false;
  #ended: Promise<void> = Promise.resolve();

  /** `select`: which entries to send; the others stay where they are. Default: all. */
  constructor(queue: DeadLetterQueue, sink: ReplaySink, select?: Selection) {
    this.#queue = queue;
    this.#sink = sink;
    this.#select = select;
  }

  /** Resolves when the replay under way has ended. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Starts a replay unless one is under way: at start, when the gate opens, and from time to time. */
  start(): void {
    this.#isAsked = this.#isRunning;
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    this.#ended = this.#run()
      .catch((error: unknown) => this.#sink.failed(error))
      .finally(() => {
        this.#isRunning = false;
        // The gate opened while the last segment was put back.
        if (this.#isAsked) this.start();
      });
  }

  /** Ends after the batch under way; what is left of its segment is put back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (this.#mayGoOn()) {
      const claims = await this.#take();
      if (claims.length === 0) return;
      const replay = new SegmentReplay(claims, this.#queue, this.#sink);
      if (!(await replay.run(() => this.#mayGoOn()))) return;
    }
  }

  /** The oldest segments, for about one batch. At least one, if any waits. */
  async #take(): Promise<ClaimOnItsWay[]> {
    const { limits } = this.#sink;
    const claims: ClaimOnItsWay[] = [];
    let [entries, bytes] = [0, 0];
    try {
      while (entries < limits.entries && bytes < limits.bytes && this.#mayGoOn()) {
        const claim = await this.#queue.claim();
        if (!claim) break;
        if (this.#select) claim.select(this.#select);
        claims.push(new ClaimOnItsWay(claim, this.#queue.ownCount(claim)));
        // One of which all is done is still a file to be deleted.
        entries += Math.max(claim.entries.length, 1);
        bytes += claim.bytes;
      }
    } catch (error) {
      // Those that were taken go on.
      this.#sink.failed(error);
    }
    return claims;
  }

  #mayGoOn(): boolean {
    return !this.#isStopped && this.#sink.isOpen();
  }
}
