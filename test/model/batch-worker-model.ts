import type { DropReason, Receipt, Settled } from '../../packages/core-sender/src/report/ledger.ts';
import { sendOrder } from './send-order.ts';

/** An entry, as far as batching looks at it. */
export interface Item {
  seq: number;
  bytes: number;
  year: number;
  issueKey: string | undefined;
  acceptedAt: number;
}

export interface Limits {
  capacity: number;
  maxBytes: number;
  batchSize: number;
  flushInterval: number;
  concurrency: number;
  entries: number;
  overflow: 'drop-oldest' | 'spill';
  hasQueue: boolean;
}

/** What the disk does with what it is given: takes all, half of it, or refuses. */
export type Disk = 'well' | 'full' | 'broken';

/** A batch that was cut and has not come to an end. */
interface Batch {
  items: Item[];
  /** Those of them whose bytes still count against the ring. */
  held: Set<Item>;
  isAside: boolean;
  /** Drops that it tells the server of, unless it is of another year. */
  notice: number;
  isAnswered: boolean;
}

/** Something the disk is to answer. */
interface Write {
  items: Item[];
  batch: Batch;
  isReject: boolean;
  ended: () => void;
}

/** The batch worker and the holder of its batches, said plainly: lists, and sums over them. */
export class BatchWorkerModel {
  now: number;
  isOpen = true;
  disk: Disk = 'well';
  isStopped = false;
  accepted = 0;
  maxBatchBytes = 400;
  readonly limits: Limits;
  waiting: Item[] = [];
  running: Batch[] = [];
  writes: Write[] = [];
  readonly ends: Map<number, Settled> = new Map();
  /** Sequence numbers of the batches that left since they were last looked at, as the server sees them. */
  left: { seqs: number[]; notice: number }[] = [];
  /** Entries accepted before each flush. */
  readonly flushes: number[] = [];
  readonly turns: boolean[] = [];
  #untold = 0;
  #flushUpTo = 0;
  /** When a batch may leave for its size alone. */
  #nextBySize = 0;
  #sendsSinceReplay = 0;

  constructor(limits: Limits, now: number) {
    this.limits = limits;
    this.now = now;
  }

  get sending(): Batch[] {
    return this.running.filter((batch) => !batch.isAside);
  }

  get canSetAside(): boolean {
    return this.limits.hasQueue && this.disk !== 'broken';
  }

  push(items: readonly Item[]): void {
    let wasDue = false;
    for (const item of items) {
      this.accepted++;
      if (!this.#fits(item)) this.#makeRoom(item);
      this.waiting.push(item);
      wasDue ||= this.#isDue;
    }
    if (wasDue) this.pump();
  }

  flush(): void {
    this.flushes.push(this.accepted);
    this.#flushUpTo = this.accepted;
    this.pump();
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const old = (this.waiting[0]?.acceptedAt ?? Number.POSITIVE_INFINITY) + this.limits.flushInterval;
      // Only for the number of its entries: one of as many bytes as a batch takes is full, and waits for no pace.
      const paced = this.waiting.length < this.limits.batchSize ? old : this.#nextBySize;
      const due = [old, paced].filter((time) => time > this.now && time <= end);
      if (due.length === 0) break;
      this.now = Math.min(...due);
      this.pump();
    }
    this.now = end;
  }

  askForTurn(): void {
    this.turns.push(false);
    this.#offerTurn();
  }

  stop(): void {
    this.isStopped = true;
    this.turns.fill(true);
    const pending = this.#pendingOf([...this.running.flatMap(({ items }) => items), ...this.waiting]);
    this.waiting = [];
    if (!this.limits.hasQueue) return this.#settle(pending, 'closed');
    const kept = this.#keptAtOnce(pending);
    this.#settle(pending.slice(0, kept), 'deadLettered');
    this.#settle(pending.slice(kept), this.disk === 'full' ? 'dlq-full' : 'dlq-error');
  }

  /** The server has the first entries of the batch, and what the others come to is up to `other`. */
  answer(batch: Batch, delivered: number, other: 'kept' | 'rejected'): void {
    batch.isAnswered = true;
    const isTold = delivered > 0 && canTell(batch);
    this.#settle(batch.items.slice(0, delivered), 'delivered');
    const end = (): void => {
      if (!isTold) this.#untold += batch.notice;
      this.#end(batch);
    };
    const rest = batch.items.slice(delivered);
    if (rest.length === 0) end();
    else if (other === 'kept') this.#keep(rest, batch, end);
    else this.#reject(rest, batch, end);
  }

  answerDisk(): void {
    const { items, batch, isReject, ended } = this.writes.shift()!;
    if (isReject) this.#settle(items, this.disk === 'well' ? 'deadLettered' : 'rejected');
    else if (this.disk === 'well') this.#settle(items, 'deadLettered');
    else if (this.disk === 'full') this.#settle(items, 'dlq-full');
    else this.#putBack(items, batch, 'dlq-error');
    ended();
  }

  pump(): void {
    while (this.#isDue && !this.#isBlocked) {
      const items = this.#cut();
      const batch = { items, held: new Set(items), isAside: !this.isOpen, notice: 0, isAnswered: false };
      this.running.push(batch);
      if (batch.isAside) this.#keep(items, batch, () => this.#end(batch));
      else this.#send(batch);
    }
    this.#offerTurn();
  }

  /** What a receipt says that was asked for when `upTo` entries had been accepted. */
  receipt(upTo: number): Receipt | undefined {
    const receipt: Receipt = { delivered: 0, deadLettered: 0, dropped: 0 };
    for (let seq = 1; seq <= upTo; seq++) {
      const end = this.ends.get(seq);
      if (end === undefined) return undefined;
      receipt[end === 'delivered' || end === 'deadLettered' ? end : 'dropped']++;
    }
    return receipt;
  }

  #send(batch: Batch): void {
    this.#sendsSinceReplay++;
    this.#nextBySize = this.now + 100;
    batch.notice = this.#untold;
    this.#untold = 0;
    this.left.push({ seqs: sendOrder(batch.items), notice: canTell(batch) ? batch.notice : 0 });
  }

  #end(batch: Batch): void {
    this.running.splice(this.running.indexOf(batch), 1);
    batch.held.clear();
    this.pump();
  }

  #keep(items: readonly Item[], batch: Batch, ended: () => void): void {
    const pending = this.#pendingOf(items);
    if (pending.length === 0) return ended();
    if (this.canSetAside) return void this.writes.push({ items: pending, batch, isReject: false, ended });
    this.#putBack(pending, batch, this.limits.hasQueue ? 'dlq-error' : 'buffer-full');
    ended();
  }

  #reject(items: readonly Item[], batch: Batch, ended: () => void): void {
    const pending = this.#pendingOf(items);
    if (pending.length === 0) return ended();
    if (this.canSetAside) return void this.writes.push({ items: pending, batch, isReject: true, ended });
    this.#settle(pending, 'rejected');
    ended();
  }

  #putBack(items: readonly Item[], batch: Batch, otherwise: DropReason): void {
    if (this.isOpen) {
      this.isOpen = false;
      this.pump();
    }
    const left = this.#pendingOf(items);
    for (const item of left) batch.held.delete(item);
    for (let last = left.at(-1); last && this.#fits(last); last = left.at(-1))
      this.waiting.unshift(left.pop()!);
    this.#settle(left, otherwise);
  }

  #makeRoom(item: Item): void {
    if (this.limits.overflow === 'spill' && this.canSetAside) {
      const kept = this.#keptAtOnce(this.waiting);
      this.#settle(this.waiting.splice(0, kept), 'deadLettered');
    }
    while (!this.#fits(item)) this.#settle([this.waiting.shift()!], 'buffer-full');
  }

  #keptAtOnce(items: readonly Item[]): number {
    return { well: items.length, full: Math.floor(items.length / 2), broken: 0 }[this.disk];
  }

  #settle(items: readonly Item[], as: Settled): void {
    const fresh = this.#pendingOf(items);
    for (const { seq } of fresh) this.ends.set(seq, as);
    if (as !== 'delivered' && as !== 'deadLettered') this.#untold += fresh.length;
  }

  #pendingOf(items: readonly Item[]): Item[] {
    return items.filter(({ seq }) => !this.ends.has(seq));
  }

  get #heldBytes(): number {
    return this.running.reduce((all, { held }) => all + sum([...held]), 0);
  }

  #fits({ bytes }: Item): boolean {
    const { capacity, maxBytes } = this.limits;
    const { waiting } = this;
    return (
      waiting.length === 0 ||
      (waiting.length < capacity && sum(waiting) + this.#heldBytes + bytes <= maxBytes)
    );
  }

  get #isDue(): boolean {
    const [oldest] = this.waiting;
    if (!oldest) return false;
    const { flushInterval, batchSize, capacity, maxBytes } = this.limits;
    if (oldest.seq <= this.#flushUpTo || this.now - oldest.acceptedAt >= flushInterval) return true;
    const { length } = this.waiting;
    const bytes = sum(this.waiting);
    const isUnderPressure = length * 2 >= capacity || (bytes + this.#heldBytes) * 2 >= maxBytes;
    if (!this.isOpen) return isUnderPressure;
    const room = this.#room;
    if (length < batchSize && bytes < room.bytes) return false;
    return length >= room.entries || bytes >= room.bytes || isUnderPressure || this.now >= this.#nextBySize;
  }

  get #isBlocked(): boolean {
    if (this.isOpen) return this.sending.length >= this.limits.concurrency;
    return !this.canSetAside || this.running.some(({ isAside }) => isAside);
  }

  /** What a batch may take: the first after drops tells of them as well, for which 2 KiB are set apart. */
  get #room(): { entries: number; bytes: number } {
    const { entries } = this.limits;
    if (this.#untold === 0) return { entries, bytes: this.maxBatchBytes };
    return { entries: Math.max(entries - 1, 1), bytes: this.maxBatchBytes - 2_048 };
  }

  #cut(): Item[] {
    const items = [this.waiting.shift()!];
    const room = this.#room;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const bytes = sum([...items, next]) + items.length + 1;
      if (items.length === room.entries || bytes > room.bytes || next.year !== items[0]!.year) break;
      items.push(this.waiting.shift()!);
    }
    return items;
  }

  #offerTurn(): void {
    if (this.#isDue && this.#sendsSinceReplay < 3) return;
    if (this.turns.at(-1) === false) this.#sendsSinceReplay = 0;
    this.turns.fill(true);
  }
}

function sum(items: readonly { bytes: number }[]): number {
  return items.reduce((all, { bytes }) => all + bytes, 0);
}

/** The year in which drops are told: no batch mixes two. */
export const YEAR = 2026;

function canTell({ items }: Batch): boolean {
  return items[0]?.year === YEAR;
}
