import { expect, test } from 'vitest';
import { startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, quickPorts, replayAll, startLane, until } from './lane.ts';

test('a listener that stops and starts 40 times costs no entry', async () => {
  const server = await startFaultServer();
  const lane = startLane(server.url, { flushInterval: 10 });
  for (let round = 0; round < 40; round++) {
    lane.log(5);
    await until(() => server.begun > round, 'traffic', 2_000).catch(() => {});
    await server.stop();
    lane.log(5);
    await until(() => lane.sender.stats().pending < 10, 'the disk to take over', 3_000);
    await server.restart();
  }
  lane.log(1);
  await until(
    () => lane.sender.stats().deadLettered === 0 && lane.sender.stats().pending === 0,
    'the replay',
  );
  const { stats } = await closeAndAccount(lane, server);
  expect(stats).toMatchObject({ accepted: 401, delivered: 401, deadLettered: 0, dropped: 0 });
});

test('with nobody listening everything goes to the disk, and the next start delivers it', async () => {
  const server = await startFaultServer();
  await server.stop();
  const lane = startLane(server.url);
  lane.log(300);
  const receipt = await lane.sender.flush();
  expect(receipt).toEqual({ delivered: 0, deadLettered: 300, dropped: 0 });
  expect(lane.warnings).toContain('TRACEHUB_UNREACHABLE');
  const { waiting } = await closeAndAccount(lane, server);
  expect(waiting.size).toBe(300);
  await server.restart();
  await replayAll(lane, server, 300);
});

test('without a disk entries wait in memory for the server to come back', async () => {
  const server = await startFaultServer();
  await server.stop();
  const lane = startLane(server.url, { dlqPath: false }, quickPorts);
  lane.log(300);
  await until(() => lane.sender.stats().requests >= 3, 'attempts');
  await server.restart();
  await server.waitForStored(300);
  await lane.sender.flush();
  expect(lane.sender.stats()).toMatchObject({ delivered: 300, dropped: 0 });
});

test('a name that does not resolve is an outage, not a crash', async () => {
  const lane = startLane('http://tracehub.invalid', {}, quickPorts);
  lane.log(10);
  expect(await lane.sender.flush()).toMatchObject({ delivered: 0, deadLettered: 10 });
});
