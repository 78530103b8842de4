import type { RingBuffer } from '../buffer/ring-buffer.ts';
import type { Clock, Timer } from '../clock.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import { type BatchLimits, canJoin } from './batch.ts';

/** What the worker does with the batches it cuts. */
export interface BatchSink {
  readonly limits: BatchLimits;
  /** Whether the server is taken to be up. */
  readonly isOpen: boolean;
  /** Whether there is somewhere to put entries while the server is down. */
  readonly canSetAside: boolean;
  /** Whether the entry may leave the ring yet. */
  isReady(entry: EncodedEntry): boolean;
  deliver(entries: EncodedEntry[]): Promise<void>;
  setAside(entries: EncodedEntry[]): Promise<void>;
  /** A defect in a stage was met, with these entries in hand: whatever of them is pending is to be kept. Never rejects. */
  failed(entries: readonly EncodedEntry[], error: unknown): Promise<void>;
}

/**
 * For its size alone a batch leaves no sooner than this after the last, unless it is full or the ring fills up: a
 * request costs the app as much as dozens of entries do.
 */
const PACE_MS = 100;

/** After a defect no batch is cut for this long: one that lasts must not keep the app's thread busy. */
const REST_MS = 100;

// Captured at load so that an app's fake timers cannot freeze the sender.
const { setImmediate } = globalThis;

interface Triggers {
  batchSize: number;
  flushInterval: number;
  concurrency: number;
}

/**
 * Cuts batches from the ring when one of the triggers is met: entries, bytes, the age of the oldest, or a flush.
 * While the gate is closed a batch that is due goes to the disk, so that an outage fills the disk and not the ring.
 */
export class BatchWorker {
  readonly #ring: RingBuffer;
  readonly #sink: BatchSink;
  readonly #triggers: Triggers;
  readonly #clock: Clock;
  readonly #running = new Set<EncodedEntry[]>();
  #sending = 0;
  #settingAside = 0;
  #timer: Timer | undefined;
  /** Set while the worker rests after a defect. */
  #rest: Timer | undefined;
  /** Entries up to this sequence number are due, whatever their age. */
  #flushUpTo = 0;
  #isScheduled = false;
  /** Monotonic ms from which on a batch that is not full may leave for its size alone. */
  #nextBySize = 0;
  /** Live batches sent since the last replay was given its turn. */
  #sendsSinceReplay = 0;
  #onReplayTurn: (() => void) | undefined;

  constructor(ring: RingBuffer, sink: BatchSink, triggers: Triggers, clock: Clock) {
    this.#ring = ring;
    this.#sink = sink;
    this.#triggers = triggers;
    this.#clock = clock;
  }

  /** Entries that were cut from the ring and have not come to an end. */
  inFlight(): EncodedEntry[] {
    return [...this.#running].flat();
  }

  /** An entry was pushed. Costs some comparisons until a trigger is met. */
  pushed(): void {
    if (this.#isScheduled || (this.#timer && this.#sink.isOpen && !this.#isLarge)) return;
    this.#guarded(() => {
      if (this.#isDue()) {
        // Not in the log call itself: a burst is cut into full batches once it is over.
        this.#isScheduled = true;
        setImmediate(() => {
          this.#isScheduled = false;
          this.pump();
        });
      } else if (this.#timer === undefined || this.#ring.length === this.#triggers.batchSize)
        this.#armTimer();
    });
  }

  /** Everything up to this sequence number is to leave now. */
  flush(upTo: number): void {
    this.#flushUpTo = Math.max(this.#flushUpTo, upTo);
    this.pump();
  }

  /** Cuts and sends as much as triggers and slots allow; also to be called when the gate moves. Never throws. */
  pump(): void {
    if (this.#rest) return;
    this.#guarded(() => {
      while (this.#isDue() && !this.#isBlocked) void this.#process(this.#sink.isOpen);
      this.#armTimer();
      this.#offerReplayTurn();
    });
  }

  /** Resolves when a replay may send one batch: nothing is due, or live batches had three turns since its last. */
  replayTurn(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReplayTurn = resolve;
      this.#offerReplayTurn();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#rest?.cancel();
    this.#onReplayTurn?.();
  }

  #offerReplayTurn(): void {
    if (!this.#onReplayTurn || (this.#ring.length > 0 && this.#isDue() && this.#sendsSinceReplay < 3)) return;
    this.#sendsSinceReplay = 0;
    this.#onReplayTurn();
    this.#onReplayTurn = undefined;
  }

  /** Brings one batch to its end. */
  async #process(isLive: boolean): Promise<void> {
    const batch: EncodedEntry[] = [];
    // Known as in flight before the first entry leaves the ring, so that no defect can lose one.
    this.#running.add(batch);
    if (isLive) {
      this.#sending++;
      this.#sendsSinceReplay++;
      this.#nextBySize = this.#clock.now() + PACE_MS;
    } else this.#settingAside++;
    try {
      this.#cut(batch);
      this.#ring.hold(batch);
      await (isLive ? this.#sink.deliver(batch) : this.#sink.setAside(batch));
    } catch (error) {
      this.#takeRest();
      await this.#sink.failed(batch, error);
    }
    this.#running.delete(batch);
    if (isLive) this.#sending--;
    else this.#settingAside--;
    this.#guarded(() => this.#ring.release(batch));
    this.pump();
  }

  /** Where a defect in the ring or the sink ends; the worker tries again after a rest. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#takeRest();
      void this.#sink.failed([], error);
    }
  }

  #takeRest(): void {
    this.#rest ??= this.#clock.schedule(REST_MS, () => {
      this.#rest = undefined;
      this.pump();
    });
  }

  #cut(batch: EncodedEntry[]): void {
    let bytes = 0;
    for (let next = this.#ring.peek(); next; next = this.#ring.peek()) {
      if (!this.#sink.isReady(next) || !canJoin(next, batch.at(-1), batch.length, bytes, this.#sink.limits))
        break;
      this.#ring.shift();
      batch.push(next);
      bytes += next.bytes + 1;
    }
  }

  #isDue(): boolean {
    const oldest = this.#ring.peek();
    if (!oldest || !this.#sink.isReady(oldest)) return false;
    if (oldest.seq <= this.#flushUpTo || this.#ageOf(oldest) >= this.#triggers.flushInterval) return true;
    if (!this.#sink.isOpen) return this.#ring.isUnderPressure;
    if (!this.#isLarge) return false;
    return this.#isFull || this.#ring.isUnderPressure || this.#clock.now() >= this.#nextBySize;
  }

  /** Whether a batch of what waits may leave for its size. */
  get #isLarge(): boolean {
    return this.#ring.length >= this.#triggers.batchSize || this.#ring.bytes >= this.#sink.limits.bytes;
  }

  /** Whether a batch would not grow by waiting. */
  get #isFull(): boolean {
    const { entries, bytes } = this.#sink.limits;
    return this.#ring.length >= entries || this.#ring.bytes >= bytes;
  }

  #ageOf(entry: EncodedEntry): number {
    return this.#clock.now() - entry.acceptedAt;
  }

  /** Whether what is due has to wait for something that will pump by itself: a slot, the gate, the disk. */
  get #isBlocked(): boolean {
    if (this.#sink.isOpen) return this.#sending >= this.#triggers.concurrency;
    return !this.#sink.canSetAside || this.#settingAside > 0;
  }

  #armTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const oldest = this.#ring.peek();
    // What is not ready yet is pumped when it is.
    if (!oldest || !this.#sink.isReady(oldest) || (this.#isDue() && this.#isBlocked)) return;
    // At least a moment: the oldest may have become due since it was last looked at.
    const untilOld = this.#triggers.flushInterval - this.#ageOf(oldest);
    const isPaced = this.#isLarge && this.#sink.isOpen;
    const wait = isPaced ? Math.min(untilOld, this.#nextBySize - this.#clock.now()) : untilOld;
    this.#timer = this.#clock.schedule(Math.ceil(Math.max(wait, 1)), () => this.pump());
  }
}
