import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../packages/core-sender/src/clock.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, startLane, until } from './lane.ts';

test('a machine that sleeps for two minutes in an outage delivers what it wrote before, once it is over', async () => {
  let slept = 0;
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + slept,
    wall: () => systemClock.wall() + slept,
  };
  const server = await startFaultServer();
  await server.stop();
  const lane = startLane(server.url, {}, { clock, random: () => 0.01 });
  lane.log(10);
  await lane.sender.flush();
  expect(lane.sender.stats().deadLettered).toBe(10);
  slept = 120_000;
  lane.log(10);
  await lane.sender.flush();
  expect(lane.sender.stats().deadLettered).toBe(20);
  await server.restart();
  await until(() => lane.sender.stats().delivered === 20, 'the replay of both segments', 3_000);
  await closeAndAccount(lane, server);
});
