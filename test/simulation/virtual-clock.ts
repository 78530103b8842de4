import type { Clock, Timer } from '../../packages/core-sender/src/clock.ts';

interface Scheduled {
  task: (() => void) | undefined;
}

/** When the simulated time begins, in epoch ms. */
const START = Date.parse('2026-11-22T10:00:00.000Z');

/**
 * A clock for millions of timers: one list of tasks for each millisecond, the granularity of Node's own timers, so
 * that no timer costs a search. Tasks of one millisecond run in the order in which they were scheduled.
 */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #slots = new Map<number, Scheduled[]>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return START + this.#now;
  }

  schedule(ms: number, task: () => void): Timer {
    // As in Node, no timer fires in the millisecond in which it was made.
    const at = Math.max(Math.ceil(this.#now + ms), this.#now + 1);
    const scheduled: Scheduled = { task };
    const slot = this.#slots.get(at);
    if (slot) slot.push(scheduled);
    else this.#slots.set(at, [scheduled]);
    return { cancel: () => void (scheduled.task = undefined) };
  }

  hold(ms: number, task: () => void): Timer {
    return this.schedule(ms, task);
  }

  /** Moves on by `ms`; promises and `setImmediate` callbacks that a millisecond started run before the next one. */
  async advance(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now++;
      const slot = this.#slots.get(this.#now);
      if (!slot) continue;
      this.#slots.delete(this.#now);
      for (const { task } of slot) task?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
