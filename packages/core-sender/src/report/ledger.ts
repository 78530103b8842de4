import type { EncodedEntry } from '../entry/encoded-entry.ts';

/** Why an accepted entry was given up. */
export type DropReason = (typeof DROP_REASONS)[number];

export const DROP_REASONS = [
  'buffer-full',
  'dlq-full',
  'dlq-error',
  'oversize',
  'rate-limit',
  'closed',
  'rejected',
  'internal',
] as const;

/** What became of everything that was accepted before a `flush()`; the three add up to it. */
export interface Receipt {
  delivered: number;
  deadLettered: number;
  dropped: number;
}

/** Where an entry can end. A dead letter can still move on to delivered, or be dropped when the directory is full. */
export type Settled = 'delivered' | 'deadLettered' | DropReason;

interface Watcher {
  upTo: number;
  remaining: number;
  receipt: Receipt;
  resolve: (receipt: Receipt) => void;
}

/**
 * Counts what becomes of every entry. At every instant
 * `accepted = delivered + deadLettered + dropped + pending` (design.md 5.2).
 */
export class Ledger {
  #accepted = 0;
  #delivered = 0;
  #deadLettered = 0;
  readonly #drops: Record<DropReason, number> = Object.fromEntries(
    DROP_REASONS.map((reason) => [reason, 0]),
  ) as Record<DropReason, number>;
  #dropped = 0;
  readonly #watchers = new Set<Watcher>();
  #isClosed = false;

  get accepted(): number {
    return this.#accepted;
  }
  get delivered(): number {
    return this.#delivered;
  }
  get deadLettered(): number {
    return this.#deadLettered;
  }
  get dropped(): number {
    return this.#dropped;
  }
  get drops(): Readonly<Record<DropReason, number>> {
    return this.#drops;
  }
  get pending(): number {
    return this.#accepted - this.#delivered - this.#deadLettered - this.#dropped;
  }

  /** Takes one record in and gives it its place in the sequence, from 1. */
  accept(): number {
    return ++this.#accepted;
  }

  /** A record that never became an entry. */
  refuse(seq: number, reason: DropReason): void {
    this.#count(1, reason);
    this.#notify((watcher) => (seq <= watcher.upTo ? 1 : 0), reason);
  }

  /** Pending entries have come to an end; those that had before keep the end they had. Gives how many were new. */
  settle(entries: readonly EncodedEntry[], as: Settled): number {
    if (this.#isClosed) return 0;
    const pending = entries.filter((entry) => entry.isSettled !== true);
    for (const entry of pending) entry.isSettled = true;
    this.#count(pending.length, as);
    this.#notify((watcher) => pending.filter((entry) => entry.seq <= watcher.upTo).length, as);
    return pending.length;
  }

  /** Dead letters of this sender were delivered by its own replay. */
  redeem(count: number): void {
    this.#deadLettered -= count;
    this.#delivered += count;
  }

  /** Dead letters of this sender were given up after all. */
  forfeit(count: number, reason: DropReason): void {
    this.#deadLettered -= count;
    this.#count(count, reason);
  }

  /** No entry can come to an end any more: one that is pending was lost track of by a defect. Gives how many. */
  close(): number {
    const lost = this.pending;
    this.#isClosed = true;
    this.#count(lost, 'internal');
    this.#notify((watcher) => watcher.remaining, 'internal');
    return lost;
  }

  /** Resolves when everything accepted so far has come to an end, with what that was. */
  receipt(): Promise<Receipt> {
    const receipt: Receipt = {
      delivered: this.#delivered,
      deadLettered: this.#deadLettered,
      dropped: this.#dropped,
    };
    if (this.pending === 0) return Promise.resolve(receipt);
    return new Promise((resolve) => {
      this.#watchers.add({ upTo: this.#accepted, remaining: this.pending, receipt, resolve });
    });
  }

  #count(count: number, as: Settled): void {
    if (as === 'delivered') this.#delivered += count;
    else if (as === 'deadLettered') this.#deadLettered += count;
    else {
      this.#drops[as] += count;
      this.#dropped += count;
    }
  }

  #notify(covered: (watcher: Watcher) => number, as: Settled): void {
    for (const watcher of this.#watchers) {
      const count = covered(watcher);
      watcher.remaining -= count;
      watcher.receipt[as === 'delivered' || as === 'deadLettered' ? as : 'dropped'] += count;
      if (watcher.remaining > 0) continue;
      this.#watchers.delete(watcher);
      watcher.resolve(watcher.receipt);
    }
  }
}
