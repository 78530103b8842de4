import { type GivenEntry, entryWith } from '../../../test/kit/encoded-entries.ts';
import { type BatchSink, BatchWorker } from '../src/batch/batch-worker.ts';
import { RingBuffer } from '../src/buffer/ring-buffer.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import { FakeClock, settle } from './fake-clock.ts';

/** Writes down what the worker cuts, by sequence number. */
class Sink implements BatchSink {
  limits = { entries: 1_000, bytes: 1_000_000 };
  isOpen = true;
  canSetAside = true;
  /** Entries after this one are not safe yet (`durable`). */
  readyUpTo = Number.POSITIVE_INFINITY;
  readonly delivered: number[][] = [];
  readonly aside: number[][] = [];
  readonly #ends: (() => void)[] = [];

  readonly #isHeld: boolean;

  constructor(isHeld: boolean) {
    this.#isHeld = isHeld;
  }

  isReady(entry: EncodedEntry): boolean {
    return entry.seq <= this.readyUpTo;
  }

  deliver(entries: EncodedEntry[]): Promise<void> {
    this.delivered.push(entries.map(({ seq }) => seq));
    return this.#isHeld ? new Promise((resolve) => this.#ends.push(resolve)) : Promise.resolve();
  }

  setAside(entries: EncodedEntry[]): Promise<void> {
    this.aside.push(entries.map(({ seq }) => seq));
    return Promise.resolve();
  }

  failed(_entries: readonly EncodedEntry[], error: unknown): Promise<void> {
    throw error;
  }

  /** Ends the oldest batch that is held. */
  async end(): Promise<void> {
    this.#ends.shift()?.();
    await settle();
  }
}

/** A worker over a ring of its own; `push` puts entries of ten bytes in, as a log call would. */
export function createWorker({
  batchSize = 3,
  concurrency = 2,
  flushInterval = 5_000,
  capacity = 100,
  isHeld = false,
  clock = new FakeClock(),
} = {}) {
  const ring = new RingBuffer(capacity, 10_000);
  const sink = new Sink(isHeld);
  const worker = new BatchWorker(ring, sink, { batchSize, concurrency, flushInterval }, clock);
  let seq = 0;
  const push = (count = 1, given: GivenEntry = {}): void => {
    for (let index = 0; index < count; index++) {
      ring.push(entryWith({ seq: ++seq, bytes: 10, acceptedAt: clock.now(), ...given }));
      worker.pushed();
    }
  };
  return { clock, ring, sink, worker, push };
}
