import { expect, test } from 'vitest';
import { accept, respond, serverError, startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, replayAll, startLane, until } from './lane.ts';

test('503 twice is worth two retries', async () => {
  let left = 2;
  const server = await startFaultServer({
    plan: { onWhole: () => (left-- > 0 ? [respond(503)] : undefined) },
  });
  const lane = startLane(server.url);
  lane.log(40);
  await lane.sender.flush();
  const { stats } = await closeAndAccount(lane, server);
  expect(stats).toMatchObject({ delivered: 40, retries: 2 });
  expect(server.stored()).toHaveLength(40);
});

test.each([408, 425, 429, 502, 503, 504, 507])(
  '%d for good is asked maxRetries times more, then kept',
  async (status) => {
    const server = await startFaultServer({ plan: { onWhole: () => [respond(status)] } });
    const lane = startLane(server.url, { maxRetries: 1 });
    lane.log(40);
    await lane.sender.flush();
    expect(server.requests.filter(({ count }) => count > 0)).toHaveLength(2);
    await closeAndAccount(lane, server);
    server.plan = {};
    await replayAll(lane, server, 40);
  },
);

test('500 for a while, as a broker that restarts, costs and doubles nothing', async () => {
  let isDown = true;
  const server = await startFaultServer({ plan: { onWhole: () => (isDown ? serverError() : undefined) } });
  const lane = startLane(server.url);
  lane.log(100);
  setTimeout(() => (isDown = false), 400);
  await until(() => lane.sender.stats().delivered === 100, 'the server to be back');
  const { stats } = await closeAndAccount(lane, server);
  expect(stats).toMatchObject({ delivered: 100, rejected: 0 });
  expect(server.stored()).toHaveLength(100);
});

test('500 to batches and to probes is an outage: nothing is rejected, the disk takes all', async () => {
  const server = await startFaultServer({ plan: { onWhole: serverError } });
  const lane = startLane(server.url);
  for (let round = 0; round < 20; round++) {
    lane.log(50);
    await lane.sender.flush();
  }
  const { waiting, rejected } = await closeAndAccount(lane, server);
  expect(waiting.size).toBe(1_000);
  expect(rejected.size).toBe(0);
  server.plan = {};
  await replayAll(lane, server, 1_000);
});

test('500 to batches but 202 to probes, one time in three, loses nothing and rejects nothing', async () => {
  let turn = 0;
  const server = await startFaultServer({
    plan: { onWhole: (request) => (request.count > 0 && ++turn % 3 === 1 ? serverError() : accept(request)) },
  });
  const lane = startLane(server.url);
  for (let round = 0; round < 30; round++) {
    lane.log(10);
    await lane.sender.flush();
  }
  const { rejected } = await closeAndAccount(lane, server);
  expect(rejected.size).toBe(0);
});
