import type { Clock } from '../clock.ts';
import type { Level } from '../entry/entry.ts';

/** Lets `perSecond` entries of each level through in any second; a second's worth may come at once. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #levels = new Map<Level, { tokens: number; at: number }>();

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Whether one more entry of this level may pass; takes it out of the allowance. */
  allows(level: Level): boolean {
    const now = this.#clock.now();
    const state = this.#levels.get(level) ?? { tokens: this.#perSecond, at: now };
    state.tokens = Math.min(state.tokens + ((now - state.at) / 1000) * this.#perSecond, this.#perSecond);
    state.at = now;
    this.#levels.set(level, state);
    if (state.tokens < 1) return false;
    state.tokens -= 1;
    return true;
  }
}
