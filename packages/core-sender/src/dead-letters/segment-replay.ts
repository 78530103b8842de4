import { canJoin } from '../batch/batch.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { BatchOwner } from '../send/delivery.ts';
import type { ClaimOnItsWay } from './claim-on-its-way.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ReplaySink } from './replayer.ts';
import type { StoredEntry } from './segment-format.ts';
import { storedToEncoded } from './stored-entry.ts';

/**
 * Segments on their way, in as few batches as they fit into: processes that live for moments leave one each, with a
 * few entries in it.
 */
export class SegmentReplay implements BatchOwner {
  /** What is not finished, oldest first. */
  readonly #open: ClaimOnItsWay[];
  readonly #queue: DeadLetterQueue;
  readonly #sink: ReplaySink;
  #isKept = false;
  /** Where the entries of the batch under way lie. */
  readonly #batch = new Map<EncodedEntry, { from: ClaimOnItsWay; stored: StoredEntry }>();

  constructor(claims: ClaimOnItsWay[], queue: DeadLetterQueue, sink: ReplaySink) {
    this.#open = claims;
    this.#queue = queue;
    this.#sink = sink;
  }

  /** False when what was left was put back: then the others wait as well. */
  async run(mayGoOn: () => boolean): Promise<boolean> {
    try {
      for (await this.#finish(); this.#open.length > 0; await this.#finish()) {
        await this.#sink.turn();
        if (!mayGoOn()) return await this.#putBack();
        const batch = this.#cut();
        if (batch.length > 0) await this.#sink.deliver(batch, this);
        if (this.#isKept) return await this.#putBack();
      }
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
    else if (result === 'dlq-full') this.#sink.givenUp(entries.length, this.#end(entries));
    // Nowhere to put it: it stays in the segment and is tried again with the next replay.
    else this.#isKept = true;
  }

  kept(): Promise<void> {
    this.#isKept = true;
    return Promise.resolve();
  }

  /** The entries need no replay any more; gives how many of them were this sender's. */
  #end(entries: readonly EncodedEntry[]): number {
    let own = 0;
    for (const entry of entries) {
      const place = this.#batch.get(entry);
      if (place?.from.end(place.stored)) own++;
    }
    return own;
  }

  #cut(): EncodedEntry[] {
    const batch: EncodedEntry[] = [];
    let bytes = 0;
    for (const from of this.#open) {
      for (let stored = from.next; stored; stored = from.next) {
        const entry = storedToEncoded(stored.json, this.#sink.now(), this.#sink.wall());
        if (entry && !canJoin(entry, batch.at(-1), batch.length, bytes, this.#sink.limits)) return batch;
        from.pass();
        if (!entry) {
          from.claim.damagedLines++;
          continue;
        }
        this.#batch.set(entry, { from, stored });
        batch.push(entry);
        bytes += entry.bytes + 1;
      }
    }
    return batch;
  }

  /** A batch has come to its end: deletes the segments that are sent whole, and marks how far the next one is. */
  async #finish(): Promise<void> {
    this.#batch.clear();
    for (let [first] = this.#open; first && !first.next; [first] = this.#open) {
      if (first.claim.isPartial) await this.#mark(first);
      await this.#queue.finish(first.claim);
      this.#open.shift();
    }
    const [first] = this.#open;
    if (first) await this.#mark(first);
  }

  /** So that a crash does not send them again. */
  async #mark(from: ClaimOnItsWay): Promise<void> {
    const done = from.takeDone();
    if (done.length > 0) await this.#queue.progress(from.claim, done);
  }

  /** What is left waits again, in its order. */
  async #putBack(): Promise<false> {
    for (const from of this.#open.toReversed()) {
      await this.#mark(from).catch((error: unknown) => this.#sink.failed(error));
      await this.#queue.release(from.claim, from.own).catch((error: unknown) => this.#sink.failed(error));
    }
    return false;
  }
}
