import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../src/intake/rate-limiter.ts';
import { FakeClock } from './fake-clock.ts';

function passed(limiter: RateLimiter, count: number, level: 'INFO' | 'ERROR' = 'INFO'): number {
  return Array.from({ length: count }, () => limiter.allows(level)).filter(Boolean).length;
}

describe('the rate limiter', () => {
  it("lets a second's worth through at once, and no more", () => {
    expect(passed(new RateLimiter(5, new FakeClock()), 20)).toBe(5);
  });

  it('counts each level on its own', () => {
    const limiter = new RateLimiter(5, new FakeClock());
    expect([passed(limiter, 9), passed(limiter, 9, 'ERROR')]).toEqual([5, 5]);
  });

  it('gives back as much as time has passed, and saves up no more than a second', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter(5, clock);
    passed(limiter, 5);
    await clock.advance(400);
    expect(passed(limiter, 9)).toBe(2);
    await clock.advance(60_000);
    expect(passed(limiter, 9)).toBe(5);
  });
});
