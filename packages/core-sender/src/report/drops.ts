import type { Clock } from '../clock.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { LogRecord } from '../entry/record.ts';
import { publish } from './diagnostics.ts';
import type { DropReason, Ledger } from './ledger.ts';
import type { Warnings } from './warnings.ts';

/** Drops the server has not been told of. */
interface Untold {
  counts: Partial<Record<DropReason, number>>;
  /** Epoch ms of the first and the last of them. */
  first: number;
  last: number;
}

/** A WARN entry about drops on its way to the server. */
export interface DropNotice {
  record: LogRecord;
  /** It did not arrive: the next notice is to say it again. */
  restore(): void;
}

/**
 * Gives entries up: in the ledger, to diagnostics, by a warning, and in a notice to the server, which would
 * otherwise never know what it does not see.
 */
export class Drops {
  readonly #ledger: Ledger;
  readonly #warnings: Warnings;
  readonly #clock: Clock;
  #untold: Untold | undefined;
  #evicted = 0;

  constructor(ledger: Ledger, warnings: Warnings, clock: Clock) {
    this.#ledger = ledger;
    this.#warnings = warnings;
    this.#clock = clock;
  }

  /** Entries that were accepted and not settled otherwise. */
  giveUp(entries: readonly EncodedEntry[], reason: DropReason): void {
    this.#report(this.#ledger.settle(entries, reason), reason);
  }

  /** A record that never became an entry. */
  refuse(seq: number, reason: DropReason): void {
    this.#ledger.refuse(seq, reason);
    this.#report(1, reason);
  }

  /** Dead letters of this sender that were given up after all. */
  forfeit(count: number, reason: DropReason): void {
    this.#ledger.forfeit(count, reason);
    this.#report(count, reason);
  }

  /** Dead letters of earlier processes, of which no ledger knows any more, were given up by this one. */
  evict(count: number, reason: DropReason): void {
    this.#evicted += count;
    this.#report(count, reason);
  }

  /** How many were. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Whether there is something to tell the server. */
  get hasNotice(): boolean {
    return this.#untold !== undefined;
  }

  /** What to tell the server, once; undefined when there is nothing new. */
  takeNotice(): DropNotice | undefined {
    const untold = this.#untold;
    if (!untold) return undefined;
    this.#untold = undefined;
    const reasons = Object.entries(untold.counts) as [DropReason, number][];
    const total = reasons.reduce((sum, [, count]) => sum + count, 0);
    return {
      record: {
        level: 'WARN',
        message: `TraceHub sender dropped ${total} entries (${reasons.map((pair) => pair.join(' ')).join(', ')})`,
        fields: {
          module: 'tracehub',
          tracehub_dropped: untold.counts,
          from: new Date(untold.first).toISOString(),
          to: new Date(untold.last).toISOString(),
        },
      },
      restore: () => {
        for (const [reason, count] of reasons) this.#note(count, reason, untold.first, untold.last);
      },
    };
  }

  #report(count: number, reason: DropReason): void {
    if (count === 0) return;
    const now = this.#clock.wall();
    this.#note(count, reason, now, now);
    publish('tracehub.entry.dropped', { entries: count, reason });
    this.#warnings.warn(
      'TRACEHUB_DROPPED',
      `${count} ${count === 1 ? 'entry' : 'entries'} dropped (${reason}); stats() has the totals`,
    );
  }

  #note(count: number, reason: DropReason, first: number, last: number): void {
    this.#untold ??= { counts: {}, first, last };
    const { counts } = this.#untold;
    counts[reason] = (counts[reason] ?? 0) + count;
    this.#untold.first = Math.min(this.#untold.first, first);
    this.#untold.last = Math.max(this.#untold.last, last);
  }
}
