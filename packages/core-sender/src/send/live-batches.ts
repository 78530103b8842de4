import type { BatchSink } from '../batch/batch-worker.ts';
import type { BatchLimits } from '../batch/batch.ts';
import type { RingBuffer } from '../buffer/ring-buffer.ts';
import type { AppendResult, DeadLetterQueue } from '../dead-letters/dead-letter-queue.ts';
import type { DurableLog } from '../dead-letters/durable-log.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { LogRecord } from '../entry/record.ts';
import { errorText } from '../errors.ts';
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

/** Holds the entries of this process until they have come to an end, and writes every end into the ledger. */
export class LiveBatches implements BatchSink, BatchOwner {
  /** Entries the server refused that are kept on disk. */
  rejectedCount = 0;
  readonly #stages: LiveStages;

  constructor(stages: LiveStages) {
    this.#stages = stages;
  }

  get limits(): BatchLimits {
    return this.#stages.delivery.limits;
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
    const { delivery, drops, warnings, encodeOwn } = this.#stages;
    const notice = drops.takeNotice();
    let isTold = false;
    try {
      const own = notice && encodeOwn(notice.record);
      await delivery.deliver(own ? [own, ...entries] : entries, {
        delivered: (some) => {
          isTold ||= own !== undefined && some.includes(own);
          this.delivered(some);
        },
        rejected: (some, reason) => this.rejected(some, reason),
        kept: (some, reason) => this.kept(some, reason),
      });
    } catch (error) {
      // A defect in a stage must not cost the entries, nor the batches after them.
      warnings.warn('TRACEHUB_INTERNAL', `sending a batch failed inside the sender: ${errorText(error)}`);
      await this.kept(entries, 'internal error');
    }
    if (!isTold) notice?.restore();
  }

  setAside(entries: EncodedEntry[]): Promise<void> {
    return this.kept(entries, 'server unreachable');
  }

  delivered(entries: readonly EncodedEntry[]): void {
    this.#stages.ledger.settle(entries, 'delivered');
    this.#forget(entries);
  }

  async rejected(entries: readonly EncodedEntry[], reason: string): Promise<void> {
    const { queue, ledger, drops } = this.#stages;
    const result = await queue?.reject(entries, reason);
    if (result === 'kept') this.rejectedCount += ledger.settle(entries, 'deadLettered');
    else drops.giveUp(entries, 'rejected');
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
    const { left, result } = this.#moveToDisk(entries);
    if (result !== 'kept') this.#stages.drops.giveUp(left, result);
  }

  /** Makes room for `entry` in a full ring: by a spill of all of it, or by dropping the oldest. */
  makeRoom(entry: EncodedEntry, overflow: 'drop-oldest' | 'spill'): void {
    const { ring, drops } = this.#stages;
    if (overflow === 'spill' && this.canSetAside) ring.putBack(this.#moveToDisk(ring.takeAll()).left);
    const oldest: EncodedEntry[] = [];
    while (!ring.fits(entry)) oldest.push(ring.shift()!);
    // With `durable` the disk has most of them.
    drops.giveUp(this.#leaveOnDisk(oldest), 'buffer-full');
  }

  #moveToDisk(entries: readonly EncodedEntry[]): { left: EncodedEntry[]; result: AppendResult | 'closed' } {
    const { queue, ledger } = this.#stages;
    const pending = this.#leaveOnDisk(entries);
    if (pending.length === 0) return { left: [], result: 'kept' };
    if (!queue) return { left: pending, result: 'closed' };
    const { kept, result } = queue.appendSync(pending);
    ledger.settle(pending.slice(0, kept), 'deadLettered');
    if (kept > 0) publish('tracehub.batch.dead-lettered', { entries: kept, reason: 'spilled' });
    return { left: pending.slice(kept), result };
  }

  /** Turns pending entries that are on disk already into dead letters; gives the others. */
  #leaveOnDisk(entries: readonly EncodedEntry[]): EncodedEntry[] {
    const { durable, ledger } = this.#stages;
    // A batch that is put back into the ring is in flight and waiting at once for a moment.
    const pending = [...new Set(entries)].filter((entry) => entry.isSettled !== true);
    if (!durable) return pending;
    const [onDisk, others]: [EncodedEntry[], EncodedEntry[]] = [[], []];
    for (const entry of pending) (durable.keep(entry) ? onDisk : others).push(entry);
    ledger.settle(onDisk, 'deadLettered');
    return others;
  }

  #forget(entries: readonly EncodedEntry[]): void {
    const { durable } = this.#stages;
    if (durable) for (const entry of entries) durable.done(entry);
  }

  /** Nowhere to put them on disk: they wait in the ring for the server to come back, as far as there is room. */
  #keepInMemory(entries: readonly EncodedEntry[]): void {
    const { ring, queue, drops } = this.#stages;
    const left = ring.putBack(entries);
    if (left.length > 0) drops.giveUp(left, queue ? 'dlq-error' : 'buffer-full');
  }
}
