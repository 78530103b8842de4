import type { BatchSink } from '../batch/batch-worker.ts';
import type { BatchLimits } from '../batch/batch.ts';
import type { RingBuffer } from '../buffer/ring-buffer.ts';
import type { AppendResult, DeadLetterQueue } from '../dead-letters/dead-letter-queue.ts';
import type { DurableLog } from '../dead-letters/durable-log.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { LogRecord } from '../entry/record.ts';
import { publish } from '../report/diagnostics.ts';
import type { Drops } from '../report/drops.ts';
import type { Ledger } from '../report/ledger.ts';
import type { Warnings } from '../report/warnings.ts';
import type { BatchOwner, Delivery } from './delivery.ts';

/** The stages between which live batches move. */
export interface LiveStages {
  ring: RingBuffer;
  delivery: Delivery;
  /** Absent with `dlqPath: false`. */
  queue: DeadLetterQueue | undefined;
  /** Absent without `durable`. */
  durable: DurableLog | undefined;
  ledger: Ledger;
  drops: Drops;
  warnings: Warnings;
  /** Makes an entry of the sender's own, which is not the app's and not in the ledger. */
  encodeOwn: (record: LogRecord) => EncodedEntry;
}

/** More than a notice of drops ever takes. */
const MAX_NOTICE_BYTES = 2_048;

/** Holds the entries of this process until they have come to an end, and writes every end into the ledger. */
export class LiveBatches implements BatchSink, BatchOwner {
  /** Entries the server refused that are kept on disk. */
  rejectedCount = 0;
  readonly #stages: LiveStages;

  constructor(stages: LiveStages) {
    this.#stages = stages;
  }

  /** With room for the notice that the next batch has to carry. */
  get limits(): BatchLimits {
    const { delivery, drops } = this.#stages;
    if (!drops.hasNotice) return delivery.limits;
    const { entries, bytes } = delivery.limits;
    return { entries: Math.max(entries - 1, 1), bytes: bytes - MAX_NOTICE_BYTES };
  }

  get isOpen(): boolean {
    return this.#stages.delivery.gate.isOpen;
  }

  get canSetAside(): boolean {
    return this.#stages.queue?.isUsable ?? false;
  }

  isReady(entry: EncodedEntry): boolean {
    return this.#stages.durable === undefined || entry.isWritten === true;
  }

  async deliver(entries: EncodedEntry[]): Promise<void> {
    const { delivery, drops, encodeOwn } = this.#stages;
    const notice = drops.takeNotice();
    let isTold = false;
    try {
      const own = notice && encodeOwn(notice.record);
      // When the year has changed since, a batch of the new one tells: no batch mixes two.
      const isFitting = own !== undefined && own.year === entries[0]?.year;
      await delivery.deliver(isFitting ? [own, ...entries] : entries, {
        delivered: (some) => {
          isTold ||= own !== undefined && some.includes(own);
          this.delivered(some);
        },
        rejected: (some, reason) => this.rejected(some, reason),
        kept: (some, reason) => this.kept(some, reason),
      });
    } finally {
      if (!isTold) notice?.restore();
    }
  }

  setAside(entries: EncodedEntry[]): Promise<void> {
    return this.kept(entries, 'server unreachable');
  }

  async failed(entries: readonly EncodedEntry[], error: unknown): Promise<void> {
    const { warnings } = this.#stages;
    warnings.defect('sending', error);
    try {
      await this.kept(entries, 'internal error');
    } catch (again) {
      warnings.defect('keeping entries', again);
      // The way to the disk is what is broken.
      await warnings.contain('keeping entries', () => this.#keepInMemory(entries));
    }
  }

  delivered(entries: readonly EncodedEntry[]): void {
    this.#stages.ledger.settle(entries, 'delivered');
    this.#forget(entries);
  }

  async rejected(entries: readonly EncodedEntry[], reason: string): Promise<void> {
    const { queue, ledger, drops } = this.#stages;
    // Those that were spilled meanwhile are dead letters already.
    const pending = pendingOf(entries);
    if (pending.length > 0) {
      const result = await queue?.reject(pending, reason);
      if (result === 'kept') this.rejectedCount += ledger.settle(pending, 'deadLettered');
      else drops.giveUp(pending, 'rejected');
    }
    this.#forget(entries);
  }

  async kept(entries: readonly EncodedEntry[], reason: string): Promise<void> {
    const { queue, ledger, drops } = this.#stages;
    const pending = this.#leaveOnDisk(entries);
    if (pending.length === 0) return;
    const result = (await queue?.append(pending)) ?? 'dlq-error';
    if (result === 'kept') {
      ledger.settle(pending, 'deadLettered');
      publish('tracehub.batch.dead-lettered', { entries: pending.length, reason });
    } else if (result === 'dlq-full') drops.giveUp(pending, result);
    else this.#keepInMemory(pending);
  }

  /** Moves entries to the disk before it returns, or gives them up: at exit. */
  spill(entries: readonly EncodedEntry[]): void {
    const { drops } = this.#stages;
    try {
      const { kept, left, result } = this.#moveToDisk(entries);
      if (result !== 'kept') drops.giveUp(left, result);
      tellOfSpill(kept);
    } catch (error) {
      this.#stages.warnings.defect('the last spill', error);
      drops.giveUp(entries, 'internal');
    }
  }

  /** Takes `entry` into the ring; a full one makes room by a spill of all of it, or by dropping the oldest. */
  push(entry: EncodedEntry, overflow: 'drop-oldest' | 'spill'): void {
    const { ring, drops } = this.#stages;
    if (ring.fits(entry)) return ring.push(entry);
    if (overflow === 'spill' && this.canSetAside) return this.#spillFor(entry);
    const oldest: EncodedEntry[] = [];
    try {
      while (!ring.fits(entry)) oldest.push(ring.shift()!);
      // Before anybody hears of the drops: a subscriber that logs would take the room.
      ring.push(entry);
    } finally {
      // With `durable` the disk has most of them.
      drops.giveUp(this.#leaveOnDisk(oldest), 'buffer-full');
    }
  }

  /** Everything else in the ring goes to the disk. */
  #spillFor(entry: EncodedEntry): void {
    const { ring, drops, warnings } = this.#stages;
    const all = ring.takeAll();
    // Each is in the ring, or at its end, before anybody hears of it: a subscriber may end the process.
    ring.push(entry);
    let kept = 0;
    try {
      ({ kept } = this.#moveToDisk(all));
    } catch (error) {
      warnings.defect('a spill', error);
    }
    const left = ring.putBack(pendingOf(all));
    tellOfSpill(kept);
    drops.giveUp(left, 'buffer-full');
  }

  #moveToDisk(entries: readonly EncodedEntry[]): {
    kept: number;
    left: EncodedEntry[];
    result: AppendResult | 'closed';
  } {
    const { queue, ledger } = this.#stages;
    const pending = this.#leaveOnDisk(entries);
    if (pending.length === 0) return { kept: 0, left: [], result: 'kept' };
    if (!queue) return { kept: 0, left: pending, result: 'closed' };
    const { kept, result } = queue.appendSync(pending);
    ledger.settle(pending.slice(0, kept), 'deadLettered');
    return { kept, left: pending.slice(kept), result };
  }

  /** Turns pending entries that are on disk already into dead letters; gives the others. */
  #leaveOnDisk(entries: readonly EncodedEntry[]): EncodedEntry[] {
    const { durable, ledger } = this.#stages;
    const pending = pendingOf(entries);
    if (!durable) return pending;
    const [onDisk, others]: [EncodedEntry[], EncodedEntry[]] = [[], []];
    try {
      for (const entry of pending) (durable.keep(entry) ? onDisk : others).push(entry);
    } finally {
      ledger.settle(onDisk, 'deadLettered');
    }
    return others;
  }

  #forget(entries: readonly EncodedEntry[]): void {
    const { durable } = this.#stages;
    if (durable) for (const entry of entries) durable.done(entry);
  }

  /** Nowhere to put them on disk: they wait in the ring for the server to come back, as far as there is room. */
  #keepInMemory(entries: readonly EncodedEntry[]): void {
    const { ring, queue, drops, delivery } = this.#stages;
    // In the ring they are due at once: without a closed gate they would be sent again and again.
    if (delivery.gate.isOpen) delivery.gate.failed('entries wait in memory', true);
    // Those that were spilled while the disk was asked have come to their end.
    const left = ring.putBack(pendingOf(entries));
    if (left.length > 0) drops.giveUp(left, queue ? 'dlq-error' : 'buffer-full');
  }
}

/** Those that have not come to an end, each once: one that is put back into the ring is in flight as well for a moment. */
function pendingOf(entries: readonly EncodedEntry[]): EncodedEntry[] {
  return [...new Set(entries)].filter((entry) => entry.isSettled !== true);
}

function tellOfSpill(entries: number): void {
  if (entries > 0) publish('tracehub.batch.dead-lettered', { entries, reason: 'spilled' });
}
