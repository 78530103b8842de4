import { BatchWorker } from './batch/batch-worker.ts';
import { RingBuffer } from './buffer/ring-buffer.ts';
import type { Clock, Timer } from './clock.ts';
import { DeadLetterQueue } from './dead-letters/dead-letter-queue.ts';
import { DurableLog } from './dead-letters/durable-log.ts';
import { SegmentDirectory } from './dead-letters/segment-directory.ts';
import { Replayer } from './dead-letters/replayer.ts';
import type { EncodedEntry } from './entry/encoded-entry.ts';
import { EntryMint } from './entry/entry-mint.ts';
import { Enricher } from './entry/enricher.ts';
import { LineEncoder } from './entry/line-encoder.ts';
import type { AdapterProfile, LogRecord, SearchedRecord } from './entry/record.ts';
import { type ExitHooks, addExitHooks, removeExitHooks } from './exit-hooks.ts';
import { holdLoop } from './hold-loop.ts';
import { Intake } from './intake/intake.ts';
import type { ResolvedOptions } from './options/options.ts';
import { Drops } from './report/drops.ts';
import { Ledger, type Receipt } from './report/ledger.ts';
import type { Stats } from './report/stats.ts';
import type { Warnings } from './report/warnings.ts';
import type { Random } from './send/backoff.ts';
import { Attempts } from './send/attempts.ts';
import { Delivery } from './send/delivery.ts';
import { HttpTransport } from './send/http-transport.ts';
import { LiveBatches } from './send/live-batches.ts';
import type { Sender } from './sender-interface.ts';
import { closeOnSignals } from './signals.ts';

/** Ports that tests replace. */
export interface Ports {
  clock: Clock;
  random: Random;
}

/** How long the last batches, and then the disk, may take after `closeTimeout`: with its maximum of 8 s still below pino's 10 s. */
const SPILL_MS = 800;

/** How long closing the sockets may take, which is done in a moment unless something is wrong. */
const DISCONNECT_MS = 100;

/** Dead letters that arrive while the server is up (of other processes, or refused retries) are looked for this often. */
const UPKEEP_MS = 60_000;

/** Wires the stages in the order in which an entry meets them; owns flush, close and the end of the process. */
export class LiveSender implements Sender, ExitHooks {
  readonly options: ResolvedOptions;
  readonly #clock: Clock;
  readonly #warnings: Warnings;
  readonly #ledger = new Ledger();
  readonly #drops: Drops;
  readonly #intake: Intake;
  readonly #ring: RingBuffer;
  readonly #worker: BatchWorker;
  readonly #transport: HttpTransport;
  readonly #delivery: Delivery;
  readonly #queue: DeadLetterQueue | undefined;
  readonly #durable: DurableLog | undefined;
  readonly #live: LiveBatches;
  readonly #replayer: Replayer | undefined;
  readonly #traffic = { requests: 0, retries: 0, rawBytes: 0, wireBytes: 0, unconfirmed: 0 };
  readonly #stopSignals: () => void;
  #replayed = 0;
  #drained = 0;
  #isExiting = false;
  #upkeep: Timer | undefined;
  #closed: Promise<Receipt> | undefined;

  constructor(
    options: ResolvedOptions,
    profile: AdapterProfile,
    { clock, random }: Ports,
    warnings: Warnings,
  ) {
    this.options = options;
    this.#clock = clock;
    this.#warnings = warnings;
    this.#drops = new Drops(this.#ledger, warnings, clock);
    const mint = new EntryMint(options, profile);
    const enricher = new Enricher(options, profile, clock, mint);
    // What redaction is to see has to be parsed.
    const lines = options.redact ? undefined : new LineEncoder(mint, options, profile, clock);
    this.#ring = new RingBuffer(options.maxBuffer, options.maxBufferBytes, options.durable);
    this.#transport = new HttpTransport(options, `tracehub-node ${profile.sdkVersion}`, clock);
    const attempts = new Attempts(this.#transport, options, this.#traffic);
    this.#delivery = new Delivery(attempts, options, clock, random, warnings, () => this.#gateMoved());
    const { dlqPath } = options;
    if (dlqPath !== false) {
      const directory = new SegmentDirectory(
        { ...options, dlqPath },
        clock,
        warnings,
        (own, others, reason) => {
          this.#drops.forfeit(own, reason);
          this.#drops.evict(others, reason);
        },
      );
      this.#queue = new DeadLetterQueue(directory, clock, warnings);
      if (options.durable) {
        this.#durable = new DurableLog(directory, options.durableInterval, clock, () => this.#worker.pump());
      }
      this.#replayer = this.#createReplayer(this.#queue);
    }
    this.#live = new LiveBatches({
      ring: this.#ring,
      delivery: this.#delivery,
      queue: this.#queue,
      durable: this.#durable,
      ledger: this.#ledger,
      drops: this.#drops,
      warnings,
      encodeOwn: (record) => enricher.encodeOwn(record),
    });
    this.#intake = new Intake(options, clock, {
      enricher,
      lines,
      ledger: this.#ledger,
      drops: this.#drops,
      live: this.#live,
      warnings,
      isClosed: () => this.#closed !== undefined && !this.#isExiting,
      pushed: (entry) => this.#pushed(entry),
    });
    this.#worker = new BatchWorker(this.#ring, this.#live, options, clock);
    this.#stopSignals = options.closeOnSignal
      ? closeOnSignals(options.closeOnSignal, () => this.close())
      : () => {};
    addExitHooks(this);
    void this.#warnings
      .contain('opening the dead-letter queue', () => this.#queue?.start())
      .then(() => this.#replay());
    this.#scheduleUpkeep();
  }

  send(record: LogRecord | SearchedRecord): void {
    this.#intake.send(record);
  }

  sendLine(bytes: Buffer, start: number, end: number): boolean {
    return this.#intake.sendLine(bytes, start, end);
  }

  stats(): Stats {
    const { accepted, delivered, deadLettered, dropped, pending } = this.#ledger;
    return {
      accepted,
      delivered,
      deadLettered,
      dropped,
      drops: { ...this.#ledger.drops },
      pending,
      durable: this.#durable?.safe ?? 0,
      rejected: this.#live.rejectedCount,
      replayed: this.#replayed,
      evicted: this.#drops.evicted,
      ...this.#traffic,
    };
  }

  flush(): Promise<Receipt> {
    const receipt = this.#ledger.receipt();
    void this.#warnings.contain('writing ahead', () => this.#durable?.write());
    this.#worker.flush(this.#ledger.accepted);
    return receipt;
  }

  close(): Promise<Receipt> {
    return (this.#closed ??= this.#close());
  }

  /** The loop ran empty: holds it until everything has come to an end, at most for `closeTimeout`. */
  drain(): void {
    // Once for what is there: `beforeExit` comes again after each drain.
    if (this.#closed || this.#ledger.pending === 0 || this.#drained === this.#ledger.accepted) return;
    this.#drained = this.#ledger.accepted;
    const { closeTimeout } = this.options;
    this.#delivery.finishWithin(closeTimeout);
    void holdLoop(this.#clock, closeTimeout, this.flush()).then((isDone) => {
      if (this.#closed) return;
      this.#delivery.takeTime();
      // What is awaited must come to an end while the loop still runs, or the app ends with status 13.
      if (!isDone) this.#spillAll();
    });
  }

  /** The process ends: what is still in memory goes to the disk, and what is logged from now on goes there at once. */
  spill(): void {
    this.#isExiting = true;
    this.#spillAll();
    void this.#warnings.contain('closing the durable log', () => this.#durable?.closeSync());
    void this.#warnings.contain('closing the dead-letter queue', () => this.#queue?.closeSync());
  }

  async #close(): Promise<Receipt> {
    const { closeTimeout } = this.options;
    this.#upkeep?.cancel();
    this.#delivery.finishWithin(closeTimeout);
    const replayed = this.#warnings.contain('ending the replay', () => this.#replayer?.stop());
    const receipt = this.flush();
    await holdLoop(this.#clock, closeTimeout, Promise.all([receipt, replayed]));
    this.#delivery.stop();
    await holdLoop(
      this.#clock,
      DISCONNECT_MS,
      this.#warnings.contain('closing the connections', () => this.#transport.close()),
    );
    this.#worker.pump();
    if (this.#live.canSetAside) await holdLoop(this.#clock, SPILL_MS, Promise.all([receipt, replayed]));
    this.#worker.stop();
    this.#spillAll();
    // A disk that hangs must not hold the app.
    await holdLoop(this.#clock, SPILL_MS, this.#closeDisk());
    this.#stopSignals();
    removeExitHooks(this);
    const lost = this.#ledger.close();
    if (lost > 0) this.#warnings.warn('TRACEHUB_INTERNAL', `${lost} entries were lost inside the sender`);
    return receipt;
  }

  /** Everything in memory goes to the disk, or is given up, before this returns. Never throws. */
  #spillAll(): void {
    void this.#warnings.contain('writing ahead', () => this.#durable?.writeSync());
    void this.#warnings.contain('the last spill', () =>
      this.#live.spill([...this.#worker.inFlight(), ...this.#ring.takeAll()]),
    );
  }

  async #closeDisk(): Promise<void> {
    await this.#warnings.contain('closing the durable log', () => this.#durable?.close());
    await this.#warnings.contain('closing the dead-letter queue', () => this.#queue?.close());
  }

  /** What waits in the ring may be due, or has to go to the disk at once. */
  #pushed(entry: EncodedEntry): void {
    this.#durable?.add(entry);
    if (this.#isExiting) this.spill();
    else this.#worker.pushed();
  }

  #gateMoved(): void {
    this.#worker.pump();
    if (this.#delivery.gate.isOpen) this.#replay();
  }

  #replay(): void {
    void this.#warnings.contain('a replay', () => this.#replayer?.start());
  }

  #scheduleUpkeep(): void {
    this.#upkeep = this.#clock.schedule(UPKEEP_MS, () => {
      this.#scheduleUpkeep();
      // A directory that refused may be writable again.
      this.#worker.pump();
      this.#replay();
    });
  }

  #createReplayer(queue: DeadLetterQueue): Replayer {
    return new Replayer(queue, {
      limits: this.#delivery.limits,
      isOpen: () => this.#delivery.gate.isOpen,
      turn: () => this.#worker.replayTurn(),
      deliver: (entries, owner) => this.#delivery.deliver(entries, owner),
      now: () => this.#clock.now(),
      wall: () => this.#clock.wall(),
      replayed: (count, own) => {
        this.#ledger.redeem(own);
        this.#replayed += count - own;
      },
      givenUp: (count, own) => {
        this.#drops.forfeit(own, 'rejected');
        this.#drops.evict(count - own, 'rejected');
      },
      rejected: (_count, own) => {
        this.#live.rejectedCount += own;
      },
      failed: (error) => this.#warnings.defect('a replay', error),
    });
  }
}
