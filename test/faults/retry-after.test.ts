import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  type SeenRequest,
  type Step,
  accept,
  respond,
  serverError,
  startFaultServer,
} from '../kit/fault-server.ts';
import { closeAndAccount, fastClock, recordNumber, startLane, until } from './lane.ts';

/** Milliseconds of the sender's clock in one of the test's. */
const FACTOR = 200;

/** What the server asks for, and the wait that it may count on. */
interface Asked {
  header: (wall: number) => string;
  wait: number;
}

const FORMS: Record<string, Asked> = {
  '1 second': { header: () => '1', wait: 1_000 },
  '2 seconds': { header: () => '2', wait: 2_000 },
  'seconds with blanks around': { header: () => ' 3 ', wait: 3_000 },
  'a fraction of seconds': { header: () => '1.5', wait: 1_500 },
  'a date': { header: (wall) => new Date(wall + 4_000).toUTCString(), wait: 3_000 },
  '0': { header: () => '0', wait: 0 },
  'a negative number': { header: () => '-5', wait: 0 },
  'a date that has passed': { header: (wall) => new Date(wall - 60_000).toUTCString(), wait: 0 },
  'an empty text': { header: () => '', wait: 0 },
  junk: { header: () => 'soon', wait: 0 },
};

/** Capped at an hour. */
const LONG_FORMS: Record<string, Asked> = {
  'a number too large for a timer': { header: () => '99999999999999999999', wait: 3_600_000 },
  'ten years': { header: () => String(10 * 365 * 86_400), wait: 3_600_000 },
  'a date in ten years': {
    header: (wall) => new Date(wall + 10 * 365 * 86_400_000).toUTCString(),
    wait: 3_600_000,
  },
};

describe.each([429, 503, 408, 425, 502, 504])('status %d with Retry-After', (status) => {
  test.each(Object.entries(FORMS))('of %s: no request comes early', async (_, { header, wait }) => {
    expect(await earlyRequests(status, { header, wait }, FACTOR, 5)).toEqual([]);
  });
});

test('Retry-After of years, or longer than any timer, is an hour', async () => {
  const forms = Object.values(LONG_FORMS);
  const early = await Promise.all(forms.map((form) => earlyRequests(429, form, 1_000, 1)));
  expect(early.flat()).toEqual([]);
});

/** Tells the first `rounds` batches to wait; gives by how many simulated ms requests came too early. */
async function earlyRequests(
  status: number,
  { header, wait }: Asked,
  factor: number,
  rounds: number,
): Promise<number[]> {
  const clock = fastClock(factor);
  let left = rounds;
  const early: number[] = [];
  let notBefore = Number.NEGATIVE_INFINITY;
  const server = await startFaultServer({
    plan: {
      onWhole: (request): Step[] => {
        if (clock.now() < notBefore) early.push(notBefore - clock.now());
        if (request.count === 0 || left-- <= 0) return accept(request);
        const answer = respond(status, '', { 'retry-after': header(clock.wall()) });
        notBefore = Math.max(notBefore, clock.now() + wait);
        return [answer];
      },
    },
  });
  // Without replays and with one request at a time none can have been under way when the server asked for the wait.
  const options = { timeout: 1_000 * factor, concurrency: 1, dlqPath: false } as const;
  const lane = startLane(server.url, options, { clock, random: () => 0.05 });
  for (let round = 0; round < 8; round++) {
    lane.log(5);
    await sleep(3);
  }
  await until(() => lane.sender.stats().delivered === 40, 'all of it', 8_000);
  await closeAndAccount(lane, server);
  return early;
}

test('a wait the server asked for holds for all batches', async () => {
  const clock = fastClock(20);
  let notBefore = Number.NEGATIVE_INFINITY;
  const early: number[] = [];
  const server = await startFaultServer({
    plan: {
      onWhole: (request): Step[] => {
        if (clock.now() < notBefore) early.push(notBefore - clock.now());
        if (notBefore > 0) return accept(request);
        notBefore = clock.now() + 10_000;
        return [respond(429, '', { 'retry-after': '10' })];
      },
    },
  });
  const lane = startLane(
    server.url,
    { timeout: 20_000, concurrency: 1, maxBatchEntries: 5 },
    { clock, random: () => 0.01 },
  );
  for (let round = 0; round < 50; round++) {
    lane.log(5);
    await sleep(8);
  }
  await until(() => lane.sender.stats().delivered === 250, 'all of it');
  await closeAndAccount(lane, server);
  expect(early).toEqual([]);
});

describe('a wait that is asked for while a batch is being halved holds for its other half', () => {
  const refusals: Record<string, (request: SeenRequest) => Step[]> = {
    '413': (request) => (request.count > 8 ? [respond(413)] : [respond(429, '', { 'retry-after': '30' })]),
    '400': (request) => (request.count > 8 ? [respond(400)] : [respond(503, '', { 'retry-after': '30' })]),
  };
  test.each(Object.entries(refusals))('after %s', async (_, refuse) => {
    const clock = fastClock(50);
    let askedAt: number | undefined;
    const early: number[] = [];
    const server = await startFaultServer({
      plan: {
        onWhole: (request): Step[] => {
          if (askedAt === undefined) {
            if (request.count <= 8) askedAt = clock.now();
            return refuse(request);
          }
          if (clock.now() < askedAt + 30_000) early.push(Math.round(clock.now() - askedAt));
          return accept(request);
        },
      },
    });
    const lane = startLane(server.url, { timeout: 50_000, concurrency: 1 }, { clock, random: () => 0.01 });
    lane.log(32);
    await until(() => lane.sender.stats().delivered === 32, 'all of it');
    await closeAndAccount(lane, server);
    expect(early, 'simulated ms after the server asked for 30,000').toEqual([]);
  });
});

/** Ten real ms: what left before the sender had read the answer. The halves come later, after the server's own 20. */
const ON_ITS_WAY_MS = 200;

test('a wait that is asked for while another batch is halved holds for the halves', async () => {
  const clock = fastClock(20);
  let askedAt: number | undefined;
  const early: number[] = [];
  const server = await startFaultServer({
    plan: {
      onWhole: (request): Step[] => {
        const since = askedAt === undefined ? Infinity : clock.now() - askedAt;
        if (since > ON_ITS_WAY_MS && since < 20_000) early.push(Math.round(since));
        if (since < 20_000) return accept(request);
        const has = (number: number): boolean =>
          request.entries.some((entry) => recordNumber(entry) === number);
        if (askedAt === undefined && has(150)) {
          askedAt = clock.now();
          return [respond(503, '', { 'retry-after': '20' })];
        }
        return has(60) ? [{ do: 'wait', ms: 20 }, ...serverError()] : accept(request);
      },
    },
  });
  const lane = startLane(
    server.url,
    { timeout: 20_000, concurrency: 2, maxBatchEntries: 100, maxRetries: 0 },
    { clock, random: () => 0.01 },
  );
  lane.log(200);
  await until(() => lane.sender.stats().delivered >= 199, 'all of it');
  await closeAndAccount(lane, server);
  expect(early, 'simulated ms after the server asked for 20,000').toEqual([]);
});
