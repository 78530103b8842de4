import type { Clock, Timer } from '../src/clock.ts';

interface Scheduled {
  at: number;
  order: number;
  task: () => void;
}

/** A clock that stands still until a test moves it; timers run in the order of their time. */
export class FakeClock implements Clock {
  #now = 1_000;
  #wall = Date.parse('2026-11-22T10:00:00.000Z');
  #order = 0;
  readonly #timers = new Set<Scheduled>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Ms until the next timer; undefined when none waits. */
  get untilNext(): number | undefined {
    const next = this.#next();
    return next && next.at - this.#now;
  }

  setWall(ms: number): void {
    this.#wall = ms;
  }

  schedule(ms: number, task: () => void): Timer {
    const timer: Scheduled = { at: this.#now + ms, order: this.#order++, task };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  hold(ms: number, task: () => void): Timer {
    return this.schedule(ms, task);
  }

  /** Moves on by `ms`; what timers start gets to run before the next timer does. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) {
      this.#timers.delete(next);
      this.#move(next.at);
      next.task();
      await settle();
    }
    this.#move(end);
    await settle();
  }

  #move(to: number): void {
    this.#wall += to - this.#now;
    this.#now = to;
  }

  #next(): Scheduled | undefined {
    let first: Scheduled | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Lets promises and `setImmediate` callbacks that are due run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
