import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../src/intake/rate-limiter.ts';
import { FakeClock } from './fake-clock.ts';
import { isNotice, messages, startSender } from './senders.ts';
import { DEAD_ENDPOINT, ingestServer } from './support.ts';

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

describe('a sender with a rate limit', () => {
  it('drops the excess of each level, warns once a minute, and tells the server', async () => {
    const clock = new FakeClock();
    const server = await ingestServer();
    const { sender, seen, log } = startSender(
      // Nothing is sent before the flush: the clock of the sockets is another.
      { endpoint: server.url, rateLimit: 2, flushInterval: 600_000 },
      { clock },
    );
    log(5);
    log(5, { level: 'ERROR' });
    expect(sender.stats()).toMatchObject({ accepted: 10, pending: 4, drops: { 'rate-limit': 6 } });
    await clock.advance(500);
    log(5);
    await clock.advance(59_499);
    log(3);
    expect(sender.stats()).toMatchObject({ accepted: 18, dropped: 11, drops: { 'rate-limit': 11 } });
    expect(seen.all).toEqual([
      { code: 'TRACEHUB_DROPPED', message: '1 entry dropped (rate-limit); stats() has the totals' },
    ]);
    await clock.advance(1);
    log(3);
    expect(seen.codes).toEqual(['TRACEHUB_DROPPED', 'TRACEHUB_DROPPED']);
    expect(seen.all[1]?.message).toMatch(/\(10 more of this kind in between\)$/);
    await sender.flush();
    expect(messages(server.stored).toSorted()).toEqual(
      [
        'message 1',
        'message 11',
        'message 16',
        'message 17',
        'message 2',
        'message 6',
        'message 7',
      ].toSorted(),
    );
    expect(server.stored.filter(isNotice).map(({ message }) => message)).toEqual([
      'TraceHub sender dropped 14 entries (rate-limit 14)',
    ]);
  });

  it('has none by default', async () => {
    const { sender, log } = startSender({ endpoint: DEAD_ENDPOINT }, { clock: new FakeClock() });
    log(2_000);
    expect(sender.stats()).toMatchObject({ accepted: 2_000, dropped: 0 });
  });
});
