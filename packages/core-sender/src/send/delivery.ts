import type { Clock } from '../clock.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import { shrinkJson } from '../entry/entry-draft.ts';
import type { RejectedEntry } from '../entry/entry.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { type BatchLimits, inSendOrder } from '../batch/batch.ts';
import { publish } from '../report/diagnostics.ts';
import type { Warnings } from '../report/warnings.ts';
import type { Attempts } from './attempts.ts';
import { type Random, RetryBudget, backoffMs, retryAfterToMs } from './backoff.ts';
import { MAX_WIRE_BYTES } from './encode-body.ts';
import { Gate } from './gate.ts';
import { type Isolation, addHalves, createIsolation, startSampling } from './isolation.ts';

/** Who holds the entries of a batch until they have come to an end: the live sender or a replay. */
export interface BatchOwner {
  delivered(entries: readonly EncodedEntry[]): void;
  /** Refused for good, or not to be resent by itself. */
  rejected(entries: readonly EncodedEntry[], reason: string): Promise<void>;
  /** Not delivered; to be kept for later. */
  kept(entries: readonly EncodedEntry[], reason: string): Promise<void>;
}

/**
 * Brings batches to an end: attempts, retries, halving and isolating, by the outcome table of design.md 5.3. One
 * per destination; all batches share its gate, retry budget and size ceiling.
 */
export class Delivery {
  readonly gate: Gate;
  /** What a batch may take at most; shrinks when the server answers 413. */
  readonly limits: BatchLimits;
  readonly #attempts: Attempts;
  readonly #options: ResolvedOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #warnings: Warnings;
  readonly #budget = new RetryBudget();
  /** Monotonic ms by which everything must have come to an end; set by close. */
  #deadline = Number.POSITIVE_INFINITY;
  /** Ends of the backoffs under way. */
  readonly #sleepers = new Set<() => void>();

  constructor(
    attempts: Attempts,
    options: ResolvedOptions,
    clock: Clock,
    random: Random,
    warnings: Warnings,
    onGate: (open: boolean) => void,
  ) {
    this.#attempts = attempts;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#warnings = warnings;
    this.gate = new Gate(clock, random, () => this.#probe(), onGate);
    const wireBound = options.compress
      ? options.maxBatchBytes
      : Math.min(options.maxBatchBytes, MAX_WIRE_BYTES);
    // Two for the brackets.
    this.limits = { entries: options.maxBatchEntries, bytes: wireBound - 2 };
  }

  /** The process is about to end: nothing waits beyond `ms`, and for a server that is down not at all. */
  finishWithin(ms: number): void {
    this.#deadline = this.#clock.now() + ms;
    if (this.gate.isOpen) return;
    this.gate.dismiss();
    this.#wakeAll();
  }

  /** The process goes on after all. */
  takeTime(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** Ends every wait at once; what is not delivered is kept. */
  stop(): void {
    this.#deadline = Number.NEGATIVE_INFINITY;
    this.gate.stop();
    this.#wakeAll();
  }

  /** Resolves when each entry of the batch has been handed to its owner as delivered, rejected or kept. */
  async deliver(entries: readonly EncodedEntry[], owner: BatchOwner): Promise<void> {
    this.#budget.earn();
    const isolation = createIsolation(inSendOrder(entries));
    for (let part = isolation.parts.shift(); part; part = isolation.parts.shift()) {
      await this.#send(part, owner, isolation);
      if (isolation.parts.length === 0 || this.gate.isOpen) continue;
      // What closed the gate, a wait the server asked for or worse, holds for the other parts as well.
      return owner.kept(isolation.parts.flat(), 'server unreachable');
    }
  }

  async #send(entries: readonly EncodedEntry[], owner: BatchOwner, isolation: Isolation): Promise<void> {
    const body = await this.#attempts.encode(entries);
    if (body.bytes.length > MAX_WIRE_BYTES && entries.length > 1) return addHalves(entries, isolation);
    // Another batch may have closed the gate meanwhile.
    const mayGo = isolation.isWhole ? await this.#gateOpens() : this.gate.isOpen;
    if (!mayGo) return owner.kept(entries, 'server unreachable');
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempts.make(body, entries.length);
      switch (outcome.kind) {
        case 'delivered':
          isolation.patience = Number.POSITIVE_INFINITY;
          this.gate.succeeded();
          return this.#settleDelivered(entries, outcome.rejected, owner, attempt, body.rawBytes);
        case 'mismatch':
          this.#warnings.warn(
            'TRACEHUB_MISMATCH',
            `the server ${outcome.reason}; they are kept and not resent`,
          );
          return owner.rejected(entries, outcome.reason);
        case 'misdirected':
          this.#warnings.warn(
            'TRACEHUB_MISDIRECTED',
            `${this.#options.endpoint} does not answer like a TraceHub server (${outcome.reason}): check the endpoint`,
          );
          this.gate.refused(outcome.reason);
          return owner.kept(entries, outcome.reason);
        case 'configuration':
          this.#warnings.warn(
            'TRACEHUB_UNAUTHORIZED',
            `the server refuses the API key (${outcome.reason}): check apiKey; entries are kept meanwhile`,
          );
          this.gate.refused(outcome.reason);
          return owner.kept(entries, outcome.reason);
        case 'too-large':
          return this.#tooLarge(entries, body.rawBytes, outcome.reason, owner, isolation);
        case 'poisoned':
          return this.#halve(entries, outcome.reason, owner, isolation);
        case 'ambiguous':
          if (
            attempt === 1 &&
            !isolation.isServerWell &&
            (await this.#mayRetry(entries, attempt, outcome.reason))
          ) {
            break;
          }
          if (this.gate.isOpen && (await this.#isServerWell())) {
            // A lone entry is given up only on a 500 between two good probes.
            const isProven = isolation.isServerWell;
            isolation.isServerWell = true;
            if (entries.length === 1 && !isProven) break;
            return this.#halve(entries, outcome.reason, owner, isolation);
          }
          isolation.isServerWell = false;
          this.gate.failed(outcome.reason, true);
          if (await this.#mayRetry(entries, attempt, outcome.reason)) break;
          return owner.kept(entries, outcome.reason);
        case 'retryable': {
          const wait = retryAfterToMs(outcome.retryAfter, this.#clock.wall());
          this.gate.failed(outcome.reason, outcome.outage, wait);
          if (await this.#mayRetry(entries, attempt, outcome.reason)) break;
          return owner.kept(entries, outcome.reason);
        }
      }
    }
  }

  /** Waits as long as it should before another attempt; false when there is to be none. */
  async #mayRetry(entries: readonly EncodedEntry[], attempt: number, reason: string): Promise<boolean> {
    if (attempt > this.#options.maxRetries || !this.#budget.spend()) {
      this.#warnings.warn(
        'TRACEHUB_UNREACHABLE',
        `${entries.length} entries could not be delivered to ${this.#options.endpoint}: ${reason}`,
      );
      return false;
    }
    const delay = backoffMs(attempt, this.#random);
    if (this.#clock.now() + delay >= this.#deadline || (this.#isEnding && !this.gate.isOpen)) return false;
    publish('tracehub.batch.retry', { entries: entries.length, attempt, delay, reason });
    await this.#sleep(delay);
    if (await this.#gateOpens()) {
      this.#attempts.retried();
      return true;
    }
    this.#warnings.warn('TRACEHUB_UNREACHABLE', `${this.#options.endpoint} is not reachable (${reason})`);
    return false;
  }

  /** In an outage a batch waits for the gate as long as any entry may wait, then goes to the disk. */
  #gateOpens(): Promise<boolean> {
    return this.gate.whenOpen(this.#isEnding ? 0 : this.#options.flushInterval);
  }

  get #isEnding(): boolean {
    return this.#deadline !== Number.POSITIVE_INFINITY;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = this.#clock.schedule(ms, wake);
      this.#sleepers.add(wake);
    });
  }

  #wakeAll(): void {
    for (const wake of this.#sleepers) wake();
  }

  #settleDelivered(
    entries: readonly EncodedEntry[],
    rejected: readonly RejectedEntry[],
    owner: BatchOwner,
    attempts: number,
    bytes: number,
  ): Promise<void> {
    const refused = new Map(rejected.map((item) => [item.index, item]));
    owner.delivered(refused.size === 0 ? entries : entries.filter((_, index) => !refused.has(index)));
    publish('tracehub.batch.delivered', { entries: entries.length - refused.size, bytes, attempts });
    return this.#rejectOneByOne(entries, refused, owner);
  }

  async #rejectOneByOne(
    entries: readonly EncodedEntry[],
    refused: ReadonlyMap<number, RejectedEntry>,
    owner: BatchOwner,
  ): Promise<void> {
    for (const [index, { field, reason }] of refused) {
      const entry = entries[index];
      if (entry) await this.#reject([entry], `${field}: ${reason}`, owner);
    }
  }

  async #reject(entries: readonly EncodedEntry[], reason: string, owner: BatchOwner): Promise<void> {
    this.#warnings.warn(
      'TRACEHUB_REJECTED',
      `the server refused ${entries.length} entries for good (${reason})`,
    );
    await owner.rejected(entries, reason);
  }

  /** Goes on with both halves, down to the entry the server refuses. */
  async #halve(
    entries: readonly EncodedEntry[],
    reason: string,
    owner: BatchOwner,
    isolation: Isolation,
  ): Promise<void> {
    if (entries.length > 1) addHalves(entries, isolation);
    else await this.#reject(entries, reason, owner);
    if (++isolation.refusals < isolation.patience) return;
    const rest = isolation.parts.flat();
    if (isolation.isSampling) {
      // A server that refuses whatever it is given would be asked twice per entry.
      isolation.parts = [];
      if (rest.length > 0) await this.#reject(rest, reason, owner);
      return;
    }
    startSampling(rest, isolation);
  }

  async #tooLarge(
    entries: readonly EncodedEntry[],
    bytes: number,
    reason: string,
    owner: BatchOwner,
    isolation: Isolation,
  ): Promise<void> {
    this.limits.bytes = Math.min(this.limits.bytes, Math.max(Math.floor(bytes / 2), SMALLEST_CEILING));
    const [first] = entries;
    if (entries.length > 1 || first === undefined) return addHalves(entries, isolation);
    const smaller = shrinkJson(first.json, Math.floor(first.bytes / 2));
    if (smaller === undefined) return this.#reject(entries, reason, owner);
    first.shrinkTo(smaller);
    isolation.parts.unshift([first]);
  }

  /** Whether the server takes an empty batch: then its 500 was about the entries (contract.md 7.9). */
  async #isServerWell(): Promise<boolean> {
    return (await this.#attempts.probe()).kind === 'delivered';
  }

  async #probe(): Promise<boolean> {
    try {
      const outcome = await this.#attempts.probe();
      if (outcome.kind === 'delivered') return true;
      if (outcome.kind === 'configuration' || outcome.kind === 'misdirected')
        this.gate.refused(outcome.reason);
      else if (outcome.kind === 'retryable') {
        this.gate.failed(outcome.reason, true, retryAfterToMs(outcome.retryAfter, this.#clock.wall()));
      }
    } catch (error) {
      // The gate tries again, as after any probe that fails.
      this.#warnings.defect('a probe', error);
    }
    return false;
  }
}

/** A ceiling no 413 lowers further: below it the server would refuse any entry. */
const SMALLEST_CEILING = 16 * 1024;
