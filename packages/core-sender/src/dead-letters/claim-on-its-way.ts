import type { SegmentClaim } from './segment-claim.ts';
import type { StoredEntry } from './segment-format.ts';

/** A claimed segment while it is replayed: how far it has been sent, and what of it is done. */
export class ClaimOnItsWay {
  readonly claim: SegmentClaim;
  /** Entries that still count as this sender's dead letters. */
  own: number;
  #next = 0;
  #done: StoredEntry[] = [];

  constructor(claim: SegmentClaim, own: number) {
    this.claim = claim;
    this.own = own;
  }

  /** The next entry to be sent. */
  get next(): StoredEntry | undefined {
    return this.claim.entries[this.#next];
  }

  /** The next entry has its place in a batch, or is none. */
  pass(): void {
    this.#next++;
  }

  /** The entry needs no replay any more; gives whether it was this sender's. */
  end(entry: StoredEntry): boolean {
    this.#done.push(entry);
    if (this.own === 0) return false;
    this.own--;
    return true;
  }

  /** What has ended since the last call. */
  takeDone(): StoredEntry[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }
}
