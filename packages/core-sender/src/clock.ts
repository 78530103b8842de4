/** A pending timer that never keeps the process alive. */
export interface Timer {
  cancel(): void;
}

/** The time port: tests replace it, nothing else may read a clock. */
export interface Clock {
  /** Wall time in ms since the epoch; may jump. For record data and the date form of Retry-After only. */
  wall(): number;
  /** Monotonic ms; for every duration. */
  now(): number;
  /** Runs `task` once after `ms`; the timer does not hold the event loop. */
  schedule(ms: number, task: () => void): Timer;
  /** The same, but the process stays alive until then: for closing only. */
  hold(ms: number, task: () => void): Timer;
}

// Captured at load so that an app's fake timers (sinon, vitest) cannot freeze the sender.
const { setTimeout, clearTimeout, Date, performance } = globalThis;

/** The longest delay a Node timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  wall() {
    const ms = Date.now();
    // A replaced Date.now can give anything; what is not a time would make every entry unusable.
    return Number.isFinite(ms) ? ms : Math.floor(performance.timeOrigin + performance.now());
  },
  now: () => performance.now(),
  schedule(ms, task) {
    const handle = setTimeout(task, Math.min(ms, MAX_TIMER_MS)).unref();
    return { cancel: () => clearTimeout(handle) };
  },
  hold(ms, task) {
    const handle = setTimeout(task, Math.min(ms, MAX_TIMER_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};
