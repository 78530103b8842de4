import { type BatchLimits, canJoin } from '../batch/batch.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { BatchOwner } from '../send/delivery.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { SegmentClaim, Selection } from './segment-claim.ts';
import type { StoredEntry } from './segment-format.ts';
import { storedToEncoded } from './stored-entry.ts';

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
  givenUp(own: number): void;
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
      const claim = await this.#queue.claim();
      if (!claim) return;
      if (this.#select) claim.select(this.#select);
      const replay = new SegmentReplay(claim, this.#queue, this.#sink);
      if (!(await replay.run(() => this.#mayGoOn()))) return;
    }
  }

  #mayGoOn(): boolean {
    return !this.#isStopped && this.#sink.isOpen();
  }
}

/** One segment on its way. */
class SegmentReplay implements BatchOwner {
  readonly #claim: SegmentClaim;
  readonly #queue: DeadLetterQueue;
  readonly #sink: ReplaySink;
  /** Entries of this segment that still count as this sender's dead letters. */
  #own: number;
  #isKept = false;
  /** Where the entries of the batch under way lie, and which of them are done. */
  #stored = new Map<EncodedEntry, StoredEntry>();
  #done: StoredEntry[] = [];

  constructor(claim: SegmentClaim, queue: DeadLetterQueue, sink: ReplaySink) {
    this.#claim = claim;
    this.#queue = queue;
    this.#sink = sink;
    this.#own = queue.ownCount(claim);
  }

  /** False when the segment was put back: then the others wait as well. */
  async run(mayGoOn: () => boolean): Promise<boolean> {
    try {
      for (let next = 0; next < this.#claim.entries.length;) {
        await this.#sink.turn();
        if (!mayGoOn()) return await this.#putBack();
        const { batch, end } = this.#cut(next);
        if (batch.length > 0) await this.#sink.deliver(batch, this);
        if (this.#isKept) return await this.#putBack();
        next = end;
        if (next < this.#claim.entries.length || this.#claim.isPartial) await this.#mark();
      }
      await this.#queue.finish(this.#claim);
      return true;
    } catch (error) {
      this.#sink.failed(error);
      return this.#putBack();
    }
  }

  delivered(entries: readonly EncodedEntry[]): void {
    this.#sink.replayed(entries.length, this.#end(entries));
  }

  async rejected(entries: readonly EncodedEntry[], reason: string): Promise<void> {
    const result = await this.#queue.reject(entries, reason);
    if (result === 'kept') this.#sink.rejected(entries.length, this.#end(entries));
    // Given up as a live one would be: it must not stand before all other segments for ever.
    else if (result === 'dlq-full') this.#sink.givenUp(this.#end(entries));
    // Nowhere to put it: it stays in the segment and is tried again with the next replay.
    else this.#isKept = true;
  }

  kept(): Promise<void> {
    this.#isKept = true;
    return Promise.resolve();
  }

  /** The entries need no replay any more; gives how many of them were this sender's. */
  #end(entries: readonly EncodedEntry[]): number {
    for (const entry of entries) {
      const stored = this.#stored.get(entry);
      if (stored) this.#done.push(stored);
    }
    const own = Math.min(entries.length, this.#own);
    this.#own -= own;
    return own;
  }

  async #mark(): Promise<void> {
    if (this.#done.length > 0) await this.#queue.progress(this.#claim, this.#done);
    this.#done = [];
    this.#stored.clear();
  }

  async #putBack(): Promise<false> {
    try {
      await this.#mark();
    } finally {
      await this.#queue.release(this.#claim, this.#own);
    }
    return false;
  }

  #cut(start: number): { batch: EncodedEntry[]; end: number } {
    const { entries } = this.#claim;
    const batch: EncodedEntry[] = [];
    let bytes = 0;
    let end = start;
    for (; end < entries.length; end++) {
      const stored = entries[end]!;
      const entry = storedToEncoded(stored.json, this.#sink.now(), this.#sink.wall());
      if (!entry) {
        this.#claim.damagedLines++;
        continue;
      }
      if (!canJoin(entry, batch.at(-1), batch.length, bytes, this.#sink.limits)) break;
      this.#stored.set(entry, stored);
      batch.push(entry);
      bytes += entry.bytes + 1;
    }
    return { batch, end };
  }
}
