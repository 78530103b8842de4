import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Step, accept, startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, replayAll, seededRandom, startLane } from './lane.ts';

/** A sender saves up ten retries: so many cuts and one to spare. */
const CUTS_PER_SENDER = 9;

describe.each(['reset', 'close', 'half-close'] as const)('a server that ends the connection by %s', (end) => {
  test('at any byte of the request costs no entry and doubles none', async () => {
    const server = await startFaultServer();
    const probe = startLane(server.url, { compress: false });
    probe.log(3);
    await closeAndAccount(probe, server);
    const { head, wireBytes } = server.requests[0]!;
    const size = head.length + wireBytes;

    let logged = 3;
    // Every byte of the head matters as little as the next; the borders are taken one by one.
    const cuts = [0, 1, 2, head.length - 1, head.length, head.length + 1, size - 2, size - 1];
    for (let bytes = 3; bytes < size; bytes += 17) cuts.push(bytes);
    while (cuts.length > 0) {
      const own = cuts.splice(0, CUTS_PER_SENDER);
      let bytes: number | undefined;
      server.plan = {
        onRequest: () => {
          if (bytes === undefined) return undefined;
          const cut = bytes;
          bytes = undefined;
          return { bytes: cut, steps: [{ do: end }] };
        },
      };
      const lane = startLane(server.url, { compress: false, from: logged + 1 });
      for (const cut of own) {
        bytes = cut;
        lane.log(3);
        await lane.sender.flush();
      }
      logged += lane.logged;
      await lane.sender.close();
      expect(lane.sender.stats()).toMatchObject({ delivered: lane.logged, retries: own.length });
    }
    expect(server.stored()).toHaveLength(logged);
  });

  test('after the whole request, unread by the app behind it, has it sent again', async () => {
    let cuts = 2;
    const server = await startFaultServer({
      plan: { onWhole: () => (cuts-- > 0 ? [{ do: end }] : undefined) },
    });
    const lane = startLane(server.url);
    lane.log(40);
    await lane.sender.flush();
    const { stored, stats } = await closeAndAccount(lane, server);
    expect(stored.size).toBe(40);
    expect(stats).toMatchObject({ delivered: 40, retries: 2 });
  });

  test('after the entries were stored has them sent at most maxRetries times more, the same ids each time', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => [{ do: 'store' }, { do: end }] } });
    const lane = startLane(server.url, { maxRetries: 2 });
    lane.log(10);
    await lane.sender.flush();
    const { waiting, stats } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ delivered: 0, deadLettered: 10 });
    expect(waiting.size).toBe(10);
    expect(server.ids.size).toBe(10);
    expect(server.requests.filter(({ count }) => count > 0).length).toBe(3);
  });

  test('in the middle of the head of a good answer has the batch sent again', async () => {
    let cuts = 1;
    const server = await startFaultServer({
      plan: {
        onWhole: (request): Step[] | undefined =>
          cuts-- > 0
            ? [{ do: 'store' }, { do: 'send', text: 'HTTP/1.1 202 Acce' }, { do: end }]
            : accept(request),
      },
    });
    const lane = startLane(server.url);
    lane.log(10);
    await lane.sender.flush();
    const { stats } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ delivered: 10, retries: 1 });
  });
});

describe('the keep-alive race', () => {
  test('a reused socket that the server resets at the first byte of the next post, 120 times, costs nothing', async () => {
    let races = 0;
    const server = await startFaultServer({
      plan: {
        onRequest: ({ onConnection }) => {
          if (onConnection === 0) return undefined;
          races++;
          return { bytes: 1, steps: [{ do: 'reset' }] };
        },
      },
    });
    let logged = 0;
    while (races < 120) {
      const lane = startLane(server.url, { from: logged + 1 });
      for (let round = 0; round <= CUTS_PER_SENDER; round++) {
        lane.log(2);
        await lane.sender.flush();
      }
      logged += lane.logged;
      await lane.sender.close();
      expect(lane.sender.stats()).toMatchObject({ delivered: lane.logged, deadLettered: 0, dropped: 0 });
    }
    expect(server.stored()).toHaveLength(logged);
  });

  test('a server that closes idle sockets in just the moment of the next post loses and doubles nothing', async () => {
    const idle = 25;
    const random = seededRandom(7);
    const server = await startFaultServer({
      plan: { onWhole: (request) => [...accept(request), { do: 'wait', ms: idle }, { do: 'close' }] },
    });
    const lane = startLane(server.url, { flushInterval: 10 });
    for (let round = 0; round < 100; round++) {
      lane.log(1);
      await lane.sender.flush();
      await sleep(idle - 3 + random() * 6);
    }
    const { stored, waiting } = await closeAndAccount(lane, server);
    expect(stored.size + waiting.size).toBe(100);
    expect(server.stored()).toHaveLength(stored.size);
    server.plan = {};
    await replayAll(lane, server, 100);
  });
});
