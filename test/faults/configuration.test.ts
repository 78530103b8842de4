import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { type Step, respond, startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, fastClock, replayAll, startLane, until } from './lane.ts';

const ANSWERS: Record<string, Step[]> = {
  '401': [respond(401, { detail: 'Invalid API key' })],
  '403': [respond(403)],
  '422 without a list (the key header is missing)': [respond(422, { detail: [{ type: 'missing' }] })],
  '404': [respond(404)],
  '302': [respond(302, '', { location: '/login' })],
  'a captive portal': [respond(200, '<html>sign in</html>')],
};

describe.each(Object.entries(ANSWERS))('%s', (_, steps) => {
  test('is not hammered: one request, then silence for 60 s, however much is logged', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => steps } });
    const factor = 100;
    const clock = fastClock(factor);
    const lane = startLane(
      server.url,
      { timeout: 100_000, flushInterval: 2_000, concurrency: 1 },
      { clock, random: () => 0.5 },
    );
    const start = clock.now();
    // Three simulated minutes, a record every two seconds.
    for (let round = 0; round < 90; round++) {
      lane.log(1);
      await sleep(2_000 / factor);
    }
    const times = server.requests.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => (at - times[index]!) * factor);
    expect(times.length, 'requests').toBeLessThanOrEqual(1 + (clock.now() - start) / 60_000);
    expect(Math.min(...gaps), 'shortest pause').toBeGreaterThanOrEqual(60_000);
    const { waiting } = await closeAndAccount(lane, server);
    expect(waiting.size).toBe(90);
  });

  test('keeps the entries; mended on the server, the next start delivers them', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => steps } });
    const lane = startLane(server.url);
    lane.log(30);
    expect(await lane.sender.flush()).toEqual({ delivered: 0, deadLettered: 30, dropped: 0 });
    await closeAndAccount(lane, server);
    server.plan = {};
    await replayAll(lane, server, 30);
  });

  test('mended on the server, the same sender finds out and delivers what it kept', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => steps } });
    const lane = startLane(server.url, { timeout: 200_000 }, { clock: fastClock(200), random: () => 0.1 });
    lane.log(30);
    await lane.sender.flush();
    server.plan = {};
    await until(() => lane.sender.stats().delivered === 30, 'the replay');
    const { stats } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ delivered: 30, deadLettered: 0 });
  });
});

test('letters of a rotated key are not sent with the new one, and are mentioned', async () => {
  const server = await startFaultServer({
    plan: { onWhole: ({ head }) => (head.includes('th_old') ? [respond(401)] : undefined) },
  });
  const old = startLane(server.url, { apiKey: 'th_old' });
  old.log(10);
  await old.sender.flush();
  await old.sender.close();
  const next = startLane(server.url, { apiKey: 'th_new', dlqPath: old.dlqPath, from: 11 });
  next.log(10);
  await next.sender.flush();
  await until(() => next.warnings.includes('TRACEHUB_DLQ_OTHER_DESTINATION'), 'the warning');
  await next.sender.close();
  expect(server.stored()).toHaveLength(10);
  expect(readDeadLetters(old.dlqPath).entries).toHaveLength(10);
});

test('a redirect is never followed with the key', async () => {
  const other = await startFaultServer();
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await startFaultServer({
      plan: { onWhole: () => [respond(status, '', { location: `${other.url}/api/v1/ingest` })] },
    });
    const lane = startLane(server.url);
    lane.log(1);
    await lane.sender.flush();
    await lane.sender.close();
  }
  expect(other.connections).toBe(0);
});

test('the key is in no warning and in no file', async () => {
  const server = await startFaultServer({ plan: { onWhole: () => [respond(401)] } });
  const lane = startLane(server.url, { apiKey: 'th_very_secret' });
  lane.log(3);
  await lane.sender.flush();
  await lane.sender.close();
  expect(JSON.stringify(readDeadLetters(lane.dlqPath))).not.toContain('th_very_secret');
});
