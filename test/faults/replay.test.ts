import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type SeenRequest, type Step, accept, respond, startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, fastClock, recordNumber, startLane, until } from './lane.ts';

/** A lane whose `count` records are all on disk, closed. */
async function leaveOnDisk(
  count: number,
): Promise<{ server: Awaited<ReturnType<typeof startFaultServer>>; dlqPath: string }> {
  const server = await startFaultServer();
  await server.stop();
  const lane = startLane(server.url);
  lane.log(count);
  await lane.sender.flush();
  await lane.sender.close();
  await server.restart();
  return { server, dlqPath: lane.dlqPath };
}

test('a replay that is halved and then broken off does not send the delivered half again', async () => {
  const { server, dlqPath } = await leaveOnDisk(64);
  let isBusy = true;
  server.plan = {
    onWhole: (request: SeenRequest): Step[] => {
      if (request.count > 32) return [respond(413)];
      const isSecondHalf = request.entries.some((entry) => recordNumber(entry) > 32);
      return isSecondHalf && isBusy ? [respond(503)] : accept(request);
    },
  };
  const ports = { clock: fastClock(20), random: () => 0.01 };
  const next = startLane(server.url, { dlqPath, timeout: 20_000 }, ports);
  await server.waitForStored(32);
  await until(() => next.sender.stats().retries >= 2, 'the second half to be refused');
  await sleep(100);
  isBusy = false;
  await server.waitForStored(64);
  await until(() => next.sender.stats().pending === 0 && next.sender.stats().replayed >= 64, 'the replay');
  expect(next.sender.stats().replayed).toBe(64);
  expect(server.stored()).toHaveLength(64);
});

test('own dead letters delivered by halves count once, as delivered', async () => {
  const server = await startFaultServer();
  await server.stop();
  const lane = startLane(server.url, { timeout: 20_000 }, { clock: fastClock(20), random: () => 0.01 });
  lane.log(64);
  await lane.sender.flush();
  expect(lane.sender.stats().deadLettered).toBe(64);
  let refusals = 4;
  server.plan = {
    onWhole: (request: SeenRequest): Step[] => {
      if (request.count > 32) return [respond(413)];
      const isSecondHalf = request.entries.some((entry) => recordNumber(entry) > 32);
      return isSecondHalf && refusals-- > 0 ? [respond(503)] : accept(request);
    },
  };
  await server.restart();
  await server.waitForStored(64);
  await until(() => lane.sender.stats().delivered === 64, 'the ledger');
  const { stats } = await closeAndAccount(lane, server);
  expect(stats).toMatchObject({ delivered: 64, deadLettered: 0, replayed: 0 });
});

test('live entries come first: a replay takes at most a quarter of the sends', async () => {
  const { server, dlqPath } = await leaveOnDisk(400);
  const next = startLane(server.url, {
    dlqPath,
    from: 401,
    maxBatchEntries: 10,
    batchSize: 10,
    concurrency: 1,
  });
  next.log(1_000);
  await server.waitForStored(1_400);
  await until(() => next.sender.stats().replayed === 400, 'the replay');
  await next.sender.close();
  const kinds = server.requests.map(({ entries }) =>
    entries.some((entry) => recordNumber(entry) <= 400) ? 'replay' : 'live',
  );
  const lastLive = kinds.lastIndexOf('live');
  const replays = kinds.slice(0, lastLive).filter((kind) => kind === 'replay').length;
  expect(replays).toBeLessThanOrEqual(lastLive / 4 + 2);
});
