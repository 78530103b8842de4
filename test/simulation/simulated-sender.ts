import { BatchWorker } from '../../packages/core-sender/src/batch/batch-worker.ts';
import { RingBuffer } from '../../packages/core-sender/src/buffer/ring-buffer.ts';
import type { Clock } from '../../packages/core-sender/src/clock.ts';
import type { DeadLetterQueue } from '../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import { Replayer } from '../../packages/core-sender/src/dead-letters/replayer.ts';
import type { EncodedEntry } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import type { ResolvedOptions } from '../../packages/core-sender/src/options/options.ts';
import { Drops } from '../../packages/core-sender/src/report/drops.ts';
import { Ledger } from '../../packages/core-sender/src/report/ledger.ts';
import { Warnings } from '../../packages/core-sender/src/report/warnings.ts';
import { Attempts } from '../../packages/core-sender/src/send/attempts.ts';
import { Delivery } from '../../packages/core-sender/src/send/delivery.ts';
import type { Body } from '../../packages/core-sender/src/send/encode-body.ts';
import type { HttpTransport } from '../../packages/core-sender/src/send/http-transport.ts';
import { LiveBatches } from '../../packages/core-sender/src/send/live-batches.ts';
import { CountedQueue } from './counted-queue.ts';
import { createLump, lumpBody } from './lump.ts';

/** As in sender.ts. */
const UPKEEP_MS = 60_000;

/** Makes no bodies: those of ten thousand processes would be gigabytes a second. */
class CountedAttempts extends Attempts {
  override encode(entries: readonly EncodedEntry[]): Promise<Body> {
    return Promise.resolve(lumpBody(entries.length));
  }
}

/** Counts batches as the worker sends them. */
class CountedBatches extends LiveBatches {
  sends = 0;

  override deliver(entries: EncodedEntry[]): Promise<void> {
    this.sends++;
    return super.deliver(entries);
  }
}

/**
 * One process of the fleet: the real stages from the ring on, wired as in sender.ts, with the wire and the disk
 * replaced. Its app logs one lump after another.
 */
export class SimulatedSender {
  readonly ledger: Ledger = new Ledger();
  readonly traffic = { requests: 0, retries: 0, rawBytes: 0, wireBytes: 0, unconfirmed: 0 };
  /** Replays sent while a full batch of live entries waited, and the live batches they had let go first, at most three each. */
  contended = 0;
  yielded = 0;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #options: ResolvedOptions;
  readonly #ring: RingBuffer;
  readonly #worker: BatchWorker;
  readonly #delivery: Delivery;
  readonly #live: CountedBatches;
  readonly #replayer: Replayer;
  #sendsAtReplay = 0;
  #isLogging = true;

  /** `logEvery`: ms between two lumps, on average. */
  constructor(
    post: HttpTransport['post'],
    clock: Clock,
    random: () => number,
    options: ResolvedOptions,
    logEvery: number,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
    const warnings = new Warnings(clock, () => {});
    const drops = new Drops(this.ledger, warnings, clock);
    this.#ring = new RingBuffer(options.maxBuffer, options.maxBufferBytes);
    const attempts = new CountedAttempts({ post } as unknown as HttpTransport, options, this.traffic);
    this.#delivery = new Delivery(attempts, options, clock, random, warnings, () => this.#gateMoved());
    const queue = new CountedQueue((lumps) => drops.forfeit(lumps, 'dlq-full')) as unknown as DeadLetterQueue;
    this.#replayer = this.#createReplayer(queue, warnings);
    this.#live = new CountedBatches({
      ring: this.#ring,
      delivery: this.#delivery,
      queue,
      durable: undefined,
      ledger: this.ledger,
      drops,
      warnings,
      // The notice of drops is left out (its year fits no batch): it would count as a lump.
      encodeOwn: () => createLump(-1, 0, 0),
    });
    this.#worker = new BatchWorker(this.#ring, this.#live, options, clock);
    // No two processes were started in the same instant.
    clock.schedule(random() * logEvery, () => this.#log(logEvery));
    clock.schedule(random() * UPKEEP_MS, () => this.#keepUp());
  }

  /** The app falls silent; what is in the ring goes on. */
  silence(): void {
    this.#isLogging = false;
  }

  #log(every: number): void {
    if (!this.#isLogging) return;
    this.#clock.schedule(every * (0.5 + this.#random()), () => this.#log(every));
    const lump = createLump(this.ledger.accept(), this.#clock.now());
    this.#live.push(lump, this.#options.overflow);
    this.#worker.pushed();
  }

  #gateMoved(): void {
    this.#worker.pump();
    if (this.#delivery.gate.isOpen) this.#replayer.start();
  }

  #keepUp(): void {
    this.#clock.schedule(UPKEEP_MS, () => this.#keepUp());
    this.#worker.pump();
    this.#replayer.start();
  }

  #createReplayer(queue: DeadLetterQueue, warnings: Warnings): Replayer {
    return new Replayer(queue, {
      limits: this.#delivery.limits,
      isOpen: () => this.#delivery.gate.isOpen,
      turn: () => this.#worker.replayTurn(),
      deliver: (entries, owner) => {
        this.#countTurn();
        return this.#delivery.deliver(entries, owner);
      },
      now: () => this.#clock.now(),
      wall: () => this.#clock.wall(),
      replayed: (_count, own) => this.ledger.redeem(own),
      rejected: () => {},
      givenUp: () => {},
      failed: (error) => warnings.defect('a replay', error),
    });
  }

  #countTurn(): void {
    const { sends } = this.#live;
    if (this.#ring.length >= this.#options.maxBatchEntries) {
      this.contended++;
      this.yielded += Math.min(sends - this.#sendsAtReplay, 3);
    }
    this.#sendsAtReplay = sends;
  }
}
