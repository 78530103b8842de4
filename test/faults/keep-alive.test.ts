import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../packages/core-sender/src/clock.ts';
import { size } from '../crash/kit/size.ts';
import { afterTest } from '../kit/after-test.ts';
import { startIdleServer } from './idle-server.ts';
import { type Lane, startLane, until } from './lane.ts';

/** uvicorn closes idle sockets after this, the default `flushInterval` posts after this (contract.md 4). */
const SERVER_IDLE_MS = 5_000;
const SENDERS = size(40, 100);
const RACES_EACH = size(3, 10);

/** The longest wait before a first retry. */
const FULL_BACKOFF_MS = 500;

interface Retry {
  attempt: number;
  delay: number;
}

/** Logs one record as soon as the last is delivered: the next post leaves `flushInterval` after that answer. */
async function race(lane: Lane): Promise<void> {
  lane.log(1);
  await lane.sender.flush();
  for (let round = 1; round <= RACES_EACH; round++) {
    lane.log(1);
    await until(() => lane.sender.stats().delivered === round + 1, 'the delivery');
  }
}

const cases = {
  'as uvicorn does': { idleMs: SERVER_IDLE_MS, raced: false },
  'in the moment in which the sender drops them itself': { idleMs: 3_500, raced: true },
};

test.each(Object.entries(cases))(
  `a server that closes idle sockets just when the next post is due, ${SENDERS * RACES_EACH} times, %s, costs nothing`,
  { timeout: size(60_000, 240_000) },
  async (_, { idleMs, raced }) => {
    const server = await startIdleServer(idleMs);
    const ports = { clock: systemClock, random: Math.random };
    const lanes = Array.from({ length: SENDERS }, (_each, index) =>
      // A post loses the race when it leaves a little before the server's end arrives.
      startLane(server.url, { flushInterval: idleMs - (index % 10), timeout: 10_000 }, ports),
    );
    const retries: Retry[] = [];
    const onRetry = (message: unknown): void => void retries.push(message as Retry);
    subscribe('tracehub.batch.retry', onRetry);
    afterTest(() => void unsubscribe('tracehub.batch.retry', onRetry));
    await Promise.all(
      lanes.map(async (lane, index) => {
        // Spread out, so that each post is due to the millisecond.
        await sleep(index * 5);
        await race(lane);
      }),
    );
    for (const lane of lanes) {
      await lane.sender.close();
      const { delivered, deadLettered, dropped } = lane.sender.stats();
      expect({ delivered, deadLettered, dropped }).toEqual({
        delivered: lane.logged,
        deadLettered: 0,
        dropped: 0,
      });
    }
    expect(server.seen.size).toBe(SENDERS * (RACES_EACH + 1));
    // What the server has read it answers: nothing had a reason to come twice.
    expect([...server.seen.values()].filter((times) => times > 1)).toEqual([]);
    // Who loses a race needs one more attempt, and soon.
    expect(retries.filter(({ attempt, delay }) => attempt > 1 || delay >= FULL_BACKOFF_MS)).toEqual([]);
    if (raced) return;
    expect({ retries: retries.length, closedIdle: server.closedIdle, reused: server.reused }).toEqual({
      retries: 0,
      closedIdle: 0,
      reused: 0,
    });
    expect(server.idleAtClientsEnd.length).toBeGreaterThanOrEqual(SENDERS * RACES_EACH);
    // contract.md 7.11: below 4 s.
    expect(Math.max(...server.idleAtClientsEnd)).toBeLessThan(4_000);
  },
);
