import { describe, expect, test } from 'vitest';
import {
  type SeenRequest,
  type Step,
  accept,
  respond,
  serverError,
  startFaultServer,
} from '../kit/fault-server.ts';
import { closeAndAccount, recordNumber, startLane, until } from './lane.ts';

/** Refuses any batch that holds one of these records. */
function refusing(poison: readonly number[], answer: (request: SeenRequest) => Step[]) {
  return {
    onWhole: (request: SeenRequest): Step[] | undefined =>
      request.entries.some((entry) => poison.includes(recordNumber(entry))) ? answer(request) : undefined,
  };
}

const REFUSALS: Record<string, (request: SeenRequest) => Step[]> = {
  '400': () => [respond(400)],
  '422 with a list': () => [respond(422, { rejected: [{ index: 0, field: 'x', reason: 'no' }] })],
  '501': () => [respond(501)],
  '505': () => [respond(505)],
  '500, as the real server does': serverError,
};

const POISON: Record<string, number[]> = {
  'the first': [1],
  'the last': [100],
  'one in the middle': [37],
  'two neighbours': [50, 51],
  'both ends': [1, 100],
  'ten, spread': [5, 15, 25, 35, 45, 55, 65, 75, 85, 95],
};

describe.each(Object.entries(REFUSALS))('a server that answers %s to', (_, answer) => {
  test.each(Object.entries(POISON))(
    '%s of 100 records gets the others exactly once',
    async (_name, poison) => {
      const server = await startFaultServer({ plan: refusing(poison, answer) });
      const lane = startLane(server.url, { timeout: 2_000 });
      lane.log(100);
      await lane.sender.flush();
      const { rejected, waiting, stats } = await closeAndAccount(lane, server);
      expect([...rejected].toSorted((a, b) => a - b)).toEqual(poison);
      expect(waiting.size).toBe(0);
      expect(stats).toMatchObject({ delivered: 100 - poison.length, rejected: poison.length });
      expect(server.stored()).toHaveLength(100 - poison.length);
      expect(lane.warnings).toContain('TRACEHUB_REJECTED');
    },
  );

  test('everything is asked a bounded number of times, and all is kept', async () => {
    const all = Array.from({ length: 500 }, (_unused, index) => index + 1);
    const server = await startFaultServer({ plan: refusing(all, answer) });
    const lane = startLane(server.url);
    lane.log(500);
    await lane.sender.flush();
    const { rejected } = await closeAndAccount(lane, server);
    expect(rejected.size).toBe(500);
    expect(server.begun).toBeLessThan(250);
  });

  test.each([
    ['a run of 40 of 64', 64, 40],
    ['a run of 30 of 100', 100, 30],
    ['the first half of 100', 100, 50],
  ])('%s gets every other record', async (_name, count, bad) => {
    const poison = Array.from({ length: bad }, (_unused, index) => index + 1);
    const server = await startFaultServer({ plan: refusing(poison, answer) });
    const lane = startLane(server.url);
    lane.log(count);
    await lane.sender.flush();
    const { rejected } = await closeAndAccount(lane, server);
    expect(server.stored(), 'good records stored').toHaveLength(count - bad);
    expect(rejected.size).toBe(bad);
  });
});

describe('413', () => {
  const LIMITS = [300, 350, 500, 800, 1_500, 4_000, 16_000, 20_000, 64_000, 200_000];

  /** `limit` counts the bytes on the wire; the judgement falls after the whole body, or at the head alone. */
  test.each(LIMITS)('above %d bytes: every entry arrives, once', async (limit) => {
    const server = await startFaultServer({
      plan: {
        onWhole: (request) =>
          request.wireBytes > limit ? [respond(413, '<html>413</html>')] : accept(request),
      },
    });
    const lane = startLane(server.url, { compress: false, closeTimeout: 5_000 });
    lane.log(400);
    await lane.sender.flush();
    const { stats } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ delivered: 400, rejected: 0 });
    expect(server.stored()).toHaveLength(400);
  });

  test('at a limit no entry fits in rejects what cannot be cut, and says so', async () => {
    const server = await startFaultServer({
      plan: { onWhole: (request) => (request.wireBytes > 100 ? [respond(413)] : accept(request)) },
    });
    const lane = startLane(server.url, { compress: false });
    lane.log(20);
    await lane.sender.flush();
    const { rejected } = await closeAndAccount(lane, server);
    expect(rejected.size).toBe(20);
    expect(lane.warnings).toContain('TRACEHUB_REJECTED');
  });

  test('cuts a lone entry that is too large instead of losing it', async () => {
    const server = await startFaultServer({
      plan: { onWhole: (request) => (request.wireBytes > 50_000 ? [respond(413)] : accept(request)) },
    });
    const { sender } = startLane(server.url, { compress: false });
    sender.send({ level: 'INFO', message: 'large', fields: { text: 'x'.repeat(200_000) } });
    await sender.flush();
    expect(sender.stats()).toMatchObject({ delivered: 1 });
    expect(server.stored()[0]).toMatchObject({ message: 'large' });
  });

  test('is met once: later batches stay below the ceiling', async () => {
    let refusals = 0;
    const server = await startFaultServer({
      plan: {
        onWhole: (request) => {
          if (request.wireBytes <= 40_000) return accept(request);
          refusals++;
          return [respond(413)];
        },
      },
    });
    const lane = startLane(server.url, { compress: false, concurrency: 1 });
    lane.log(900);
    await lane.sender.flush();
    const first = refusals;
    expect(first).toBeGreaterThan(0);
    for (let round = 0; round < 5; round++) {
      lane.log(900);
      await lane.sender.flush();
    }
    expect(refusals).toBe(first);
    await closeAndAccount(lane, server);
  });

  test('given at the head, with the connection closed under the body, shrinks the batch too', async () => {
    const server = await startFaultServer();
    server.plan = {
      onRequest: ({ index }) =>
        index < 3
          ? { bytes: 4_000, steps: [respond(413, '', { connection: 'close' }), { do: 'close' }] }
          : undefined,
    };
    const lane = startLane(server.url, { compress: false });
    lane.log(900);
    await lane.sender.flush();
    const { stats } = await closeAndAccount(lane, server);
    expect(stats.dropped).toBe(0);
    expect(stats.rejected).toBe(0);
  });
});

test('a poison record in the dead letters does not hold up the others', async () => {
  const server = await startFaultServer();
  await server.stop();
  const lane = startLane(server.url);
  lane.log(60);
  await lane.sender.flush();
  await lane.sender.close();
  server.plan = refusing([20], serverError);
  await server.restart();
  const next = startLane(server.url, { dlqPath: lane.dlqPath });
  await server.waitForStored(59);
  await until(() => next.sender.stats().replayed === 59, 'the replay');
  await next.sender.close();
  expect(server.stored().map(recordNumber)).not.toContain(20);
  expect(server.stored()).toHaveLength(59);
});

test('an outage in the middle of halving rejects no good entry', async () => {
  let poisonAnswers = 0;
  let isDown = false;
  const server = await startFaultServer({
    plan: {
      onWhole: (request) => {
        if (isDown) return serverError();
        if (!request.entries.some((entry) => recordNumber(entry) === 10)) return accept(request);
        isDown = ++poisonAnswers === 3;
        if (isDown) setTimeout(() => (isDown = false), 150);
        return serverError();
      },
    },
  });
  const lane = startLane(server.url);
  lane.log(64);
  await lane.sender.flush();
  await until(() => lane.sender.stats().delivered === 63, 'the replay');
  const { rejected } = await closeAndAccount(lane, server);
  expect([...rejected]).toEqual([10]);
});
