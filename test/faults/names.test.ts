import { expect, test } from 'vitest';
import { startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, startLane, until } from './lane.ts';
import { resolveNames } from './names.ts';

test.each(['ENOTFOUND', 'EAI_AGAIN'])(
  'a name that fails with %s is an outage, and may come back',
  async (code) => {
    const names = resolveNames({ 'tracehub.test': code });
    const server = await startFaultServer();
    const lane = startLane(`http://tracehub.test:${server.port}`);
    for (let round = 0; round < 5; round++) {
      lane.log(10);
      await lane.sender.flush();
    }
    expect(lane.sender.stats()).toMatchObject({ delivered: 0, deadLettered: 50, dropped: 0, retries: 0 });
    // Said once, not with each batch; http to a host that is not loopback is the other one.
    expect(lane.warnings).toEqual(['TRACEHUB_PLAIN_HTTP', 'TRACEHUB_UNREACHABLE']);
    expect(server.connections).toBe(0);

    names['tracehub.test'] = '127.0.0.1';
    await until(() => lane.sender.stats().delivered === 50, 'the replay');
    const { stored, stats } = await closeAndAccount(lane, server);
    expect(stored.size).toBe(50);
    expect(stats).toMatchObject({ delivered: 50, deadLettered: 0, dropped: 0 });
  },
);
