import type { Clock, Timer } from '../clock.ts';
import { publish } from '../report/diagnostics.ts';
import { type Random, backoffMs } from './backoff.ts';

/** Failures in a row, of a kind that may be one batch's own bad luck, that close the gate. */
const FAILURES_TO_CLOSE = 3;

/** Wait after an answer that only a person can mend (wrong key, wrong address). */
const CONFIGURATION_WAIT_MS = 60_000;

/** Asks the server whether it is well, by an empty batch; true opens the gate. */
export type Probe = () => Promise<boolean>;

/**
 * Stands before the server. Two states:
 *
 * - open: batches go through. A failure that means an outage, three lesser ones in a row, or a wait the server asks
 *   for closes it.
 * - closed: nothing goes through but one probe at a time, after a backoff that grows with each failure. A probe that
 *   succeeds opens it; only a delivered batch makes the backoff short again, so that a server that answers probes
 *   and refuses batches is not hammered.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #probe: Probe;
  readonly #onChange: (open: boolean) => void;
  #open = true;
  #stopped = false;
  #isProbing = false;
  #failures = 0;
  /** Monotonic ms before which no probe is sent. */
  #notBefore = 0;
  #timer: Timer | undefined;
  #waiters = new Set<(open: boolean) => void>();

  constructor(clock: Clock, random: Random, probe: Probe, onChange: (open: boolean) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#probe = probe;
    this.#onChange = onChange;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** A batch was delivered. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** An attempt failed; `wait` is what the server asked for, in ms. */
  failed(reason: string, isOutage: boolean, wait?: number): void {
    this.#failures++;
    if (wait !== undefined) this.#notBefore = Math.max(this.#notBefore, this.#clock.now() + wait);
    if (isOutage || wait !== undefined || this.#failures >= FAILURES_TO_CLOSE) this.#close(reason);
  }

  /** The server refuses us for a reason that will not go away by itself. */
  refused(reason: string): void {
    this.failed(reason, true, CONFIGURATION_WAIT_MS);
  }

  /** Resolves to true when the gate is open, to false after `ms` or when it is stopped. */
  whenOpen(ms: number): Promise<boolean> {
    if (this.#open) return Promise.resolve(true);
    if (this.#stopped || ms <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (open: boolean): void => {
        timer.cancel();
        this.#waiters.delete(done);
        resolve(open);
      };
      const timer = this.#clock.schedule(ms, () => done(false));
      this.#waiters.add(done);
    });
  }

  /** Nobody is to wait any longer for a closed gate. */
  dismiss(): void {
    if (!this.#open) this.#tell(false);
  }

  /** Closes for good: no more probes, and whoever waits is told. */
  stop(): void {
    this.#stopped = true;
    this.#open = false;
    this.#timer?.cancel();
    this.#tell(false);
  }

  #close(reason: string): void {
    if (this.#open) {
      this.#open = false;
      publish('tracehub.gate', { open: false, reason });
      this.#onChange(false);
    }
    this.#scheduleProbe();
  }

  #scheduleProbe(): void {
    this.#timer?.cancel();
    // The end of the probe under way schedules the next.
    if (this.#stopped || this.#isProbing) return;
    const asked = Math.max(this.#notBefore - this.#clock.now(), 0);
    // What the server asked for is a floor; the jitter on top keeps those it asked from returning in one instant.
    const wait = asked + backoffMs(this.#failures, this.#random, asked);
    this.#timer = this.#clock.schedule(wait, () => void this.#tryProbe());
  }

  async #tryProbe(): Promise<void> {
    if (this.#clock.now() < this.#notBefore) return this.#scheduleProbe();
    const failuresBefore = this.#failures;
    this.#isProbing = true;
    const isWell = await this.#probe();
    this.#isProbing = false;
    if (this.#stopped || this.#open) return;
    if (!isWell) {
      // Unless it reported its own failure.
      if (this.#failures === failuresBefore) this.#failures++;
      return this.#scheduleProbe();
    }
    // Meanwhile the answer to an earlier batch may have asked for a wait.
    if (this.#clock.now() < this.#notBefore) return this.#scheduleProbe();
    this.#open = true;
    publish('tracehub.gate', { open: true, reason: 'probe answered' });
    this.#tell(true);
    this.#onChange(true);
  }

  #tell(open: boolean): void {
    for (const waiter of this.#waiters) waiter(open);
  }
}
