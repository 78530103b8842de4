import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';
import { encodedEntries, optionsWith } from '../../packages/core-sender/test/support.ts';
import type { Attempts } from '../../packages/core-sender/src/send/attempts.ts';
import { Delivery } from '../../packages/core-sender/src/send/delivery.ts';
import { Gate } from '../../packages/core-sender/src/send/gate.ts';
import type { Outcome } from '../../packages/core-sender/src/send/outcome.ts';
import { Warnings } from '../../packages/core-sender/src/report/warnings.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, fastClock, seededRandom, startLane } from './lane.ts';
import { setTimeout as sleep } from 'node:timers/promises';

const DELIVERED: Outcome = { kind: 'delivered', unconfirmed: false, rejected: [] };
const REFUSED: Outcome = { kind: 'retryable', outage: true, retryAfter: undefined, reason: 'ECONNREFUSED' };
const BUSY: Outcome = { kind: 'retryable', outage: false, retryAfter: undefined, reason: 'status 503' };

/** The wire, replaced: answers at once, on the simulated clock. */
class SimulatedServer {
  posts = 0;
  probes = 0;
  readonly #answer: (count: number) => Outcome;

  constructor(answer: (count: number) => Outcome) {
    this.#answer = answer;
  }

  get requests(): number {
    return this.posts + this.probes;
  }

  asAttempts(): Attempts {
    const attempts = {
      encode: () => Promise.resolve({ bytes: Buffer.alloc(10), isGzipped: false, rawBytes: 10 }),
      make: (_body: unknown, count: number) => {
        this.posts++;
        return Promise.resolve(this.#answer(count));
      },
      probe: () => {
        this.probes++;
        return Promise.resolve(this.#answer(0));
      },
      retried: () => {},
    };
    return attempts as unknown as Attempts;
  }
}

interface Simulation {
  clock: FakeClock;
  server: SimulatedServer;
  /** Batches that were sent at all: those that are due while the gate is closed go to the disk. */
  batches: number;
}

/** Sends a batch every `everyMs` for `ms`, as the batch worker would: only while the gate is open. */
async function simulate(
  seed: number,
  ms: number,
  everyMs: number,
  answer: (count: number, random: () => number) => Outcome,
): Promise<Simulation> {
  const clock = new FakeClock();
  const random = seededRandom(seed);
  const server = new SimulatedServer((count) => answer(count, random));
  const delivery = new Delivery(
    server.asAttempts(),
    optionsWith(),
    clock,
    random,
    new Warnings(clock, () => {}),
    () => {},
  );
  const owner = { delivered: () => {}, rejected: () => Promise.resolve(), kept: () => Promise.resolve() };
  let batches = 0;
  for (let at = 0; at < ms; at += everyMs) {
    if (delivery.gate.isOpen) {
      batches++;
      void delivery.deliver(encodedEntries(1), owner);
    }
    await clock.advance(everyMs);
  }
  delivery.stop();
  return { clock, server, batches };
}

describe('retry load', () => {
  test('ten minutes of outage cost at most 60 requests', async () => {
    const counts: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const { server } = await simulate(seed, 600_000, 5_000, () => REFUSED);
      counts.push(server.requests);
    }
    expect(Math.max(...counts), counts.join(' ')).toBeLessThanOrEqual(60);
  });

  test('ten minutes of 500 to everything cost at most 60 requests', async () => {
    const counts: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const { server } = await simulate(seed, 600_000, 5_000, () => ({
        kind: 'ambiguous',
        reason: 'status 500',
      }));
      counts.push(server.requests);
    }
    expect(Math.max(...counts), counts.join(' ')).toBeLessThanOrEqual(60);
  });

  test.each([0.01, 0.1, 0.5, 0.9])(
    'an hour in which %d of the batches get through: attempts stay within 1.1 × batches',
    async (share) => {
      // Probes are answered well: the gate opens again and again, the worst for the server.
      const { server, batches } = await simulate(3, 3_600_000, 2_000, (count, random) =>
        count === 0 || random() < share ? DELIVERED : BUSY,
      );
      // Ten retries are saved up at the start.
      expect(server.posts).toBeLessThanOrEqual(1.1 * batches + 10);
      expect(batches).toBeGreaterThan(50);
    },
  );

  test('a thousand senders do not come back in one second', async () => {
    const clock = new FakeClock();
    const random = seededRandom(11);
    const probes: number[] = [];
    let isUp = false;
    const gates = Array.from({ length: 1_000 }, () => {
      const probe = (): Promise<boolean> => {
        if (isUp) probes.push(Math.floor(clock.now() / 1_000));
        return Promise.resolve(isUp);
      };
      return new Gate(clock, random, probe, () => {});
    });
    for (const gate of gates) gate.failed('down', true);
    await clock.advance(300_000);
    isUp = true;
    await clock.advance(31_000);
    const buckets = new Map<number, number>();
    for (const second of probes) buckets.set(second, (buckets.get(second) ?? 0) + 1);
    expect(probes).toHaveLength(1_000);
    expect(Math.max(...buckets.values())).toBeLessThanOrEqual((3 * 1_000) / 30);
  });
});

test('a whole sender asks a dead port at most 60 times in ten simulated minutes, and keeps all it is given', async () => {
  const server = await startFaultServer();
  await server.stop();
  const factor = 150;
  const clock = fastClock(factor);
  const start = clock.now();
  const options = { timeout: 10_000 * factor, flushInterval: 5_000, concurrency: 2 };
  const lane = startLane(server.url, options, { clock, random: seededRandom(5) });
  while (clock.now() - start < 600_000) {
    lane.log(3);
    await sleep(10);
  }
  expect(lane.sender.stats().requests).toBeLessThanOrEqual(60);
  const { waiting } = await closeAndAccount(lane, server);
  expect(waiting.size).toBe(lane.logged);
});
