import { describe, expect, test } from 'vitest';
import { type Plan, type Step, startFaultServer } from '../kit/fault-server.ts';
import { startFullListener } from './full-listener.ts';
import { closeAndAccount, replayAll, startLane, until } from './lane.ts';

const TIMEOUT = 400;

/** What `flush()` of one batch takes without a retry: the attempt's timeout, with room for a busy machine. */
async function expectOneTimeout(flushed: Promise<unknown>): Promise<void> {
  const start = performance.now();
  await flushed;
  const took = performance.now() - start;
  expect(took).toBeGreaterThan(TIMEOUT - 50);
  expect(took).toBeLessThan(TIMEOUT + 1_000);
}

function whole(...steps: Step[]): Plan {
  return { onWhole: () => steps };
}

describe('one deadline covers the whole attempt', () => {
  const plans: Record<string, Plan> = {
    'accepts and reads nothing': { onConnection: () => [{ do: 'hang' }] },
    'reads the head only': { onRequest: () => ({ bytes: 64, steps: [{ do: 'hang' }] }) },
    'reads all and says nothing': whole({ do: 'hang' }),
    'says half a status line': whole({ do: 'send', text: 'HTTP/1.1 2' }, { do: 'hang' }),
    'sends 103 without end': whole({
      do: 'repeat',
      text: 'HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n',
      everyMs: 5,
    }),
    'sends 102 without end': whole({ do: 'repeat', text: 'HTTP/1.1 102 Processing\r\n\r\n', everyMs: 5 }),
    'drips the head byte by byte': whole({
      do: 'drip',
      text: `HTTP/1.1 202 Accepted\r\nx-pad: ${'a'.repeat(2_000)}\r\n`,
      everyMs: 20,
    }),
    'adds header after header': whole(
      { do: 'send', text: 'HTTP/1.1 202 Accepted\r\n' },
      { do: 'repeat', text: 'x-more: 1\r\n', everyMs: 20 },
    ),
  };
  test.each(Object.entries(plans))('when the server %s', async (_, plan) => {
    const server = await startFaultServer({ plan });
    const lane = startLane(server.url, { timeout: TIMEOUT, maxRetries: 0 });
    lane.log(5);
    await expectOneTimeout(lane.sender.flush());
    expect(lane.sender.stats()).toMatchObject({ deadLettered: 5 });
    await closeAndAccount(lane, server);
    server.plan = {};
    await replayAll(lane, server, 5);
  });

  test('when a 202 drips its body: the status counts, the time does too', async () => {
    const server = await startFaultServer({
      plan: whole(
        { do: 'store' },
        { do: 'send', text: 'HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\n' },
        { do: 'drip', text: '{"accepted":5}'.padEnd(1_000), everyMs: 20 },
      ),
    });
    const lane = startLane(server.url, { timeout: TIMEOUT, maxRetries: 0 });
    lane.log(5);
    await expectOneTimeout(lane.sender.flush());
    expect(lane.sender.stats()).toMatchObject({ delivered: 5, unconfirmed: 5 });
    await closeAndAccount(lane, server);
  });

  test('when a 503 drips its body', async () => {
    const server = await startFaultServer({
      plan: whole(
        { do: 'send', text: 'HTTP/1.1 503 Busy\r\ncontent-length: 1000\r\n\r\n' },
        { do: 'repeat', text: 'a', everyMs: 20 },
      ),
    });
    const lane = startLane(server.url, { timeout: TIMEOUT, maxRetries: 0 });
    lane.log(5);
    await expectOneTimeout(lane.sender.flush());
    expect(lane.sender.stats()).toMatchObject({ deadLettered: 5 });
    await closeAndAccount(lane, server);
  });

  test('when the TLS handshake never ends', async () => {
    const server = await startFaultServer({ plan: { onConnection: () => [{ do: 'hang' }] } });
    const lane = startLane(server.url.replace('http:', 'https:'), { timeout: TIMEOUT, maxRetries: 0 });
    lane.log(5);
    await expectOneTimeout(lane.sender.flush());
    expect(lane.sender.stats()).toMatchObject({ deadLettered: 5 });
    await closeAndAccount(lane, server);
  });

  test('when the connection is never accepted', async () => {
    const { port } = await startFullListener();
    const server = await startFaultServer();
    const lane = startLane(`http://127.0.0.1:${port}`, { timeout: TIMEOUT, maxRetries: 0 });
    lane.log(5);
    await expectOneTimeout(lane.sender.flush());
    expect(lane.sender.stats()).toMatchObject({ deadLettered: 5 });
    await closeAndAccount(lane, server);
  });
});

test('a server that hangs for a while gets everything when it is back', async () => {
  let isHung = true;
  const server = await startFaultServer({ plan: { onWhole: () => (isHung ? [{ do: 'hang' }] : undefined) } });
  const lane = startLane(server.url, { timeout: 150 });
  lane.log(100);
  await until(() => lane.sender.stats().deadLettered === 100, 'the disk to take over');
  isHung = false;
  await until(() => lane.sender.stats().delivered === 100, 'the replay');
  const { stats } = await closeAndAccount(lane, server);
  expect(stats).toMatchObject({ delivered: 100, deadLettered: 0 });
});

test('close() ends within its time on a server that hangs, and leaves the entries on disk', async () => {
  const server = await startFaultServer({ plan: whole({ do: 'hang' }) });
  const lane = startLane(server.url, { timeout: 10_000, closeTimeout: 300 });
  lane.log(100);
  const start = performance.now();
  const { waiting } = await closeAndAccount(lane, server);
  expect(performance.now() - start).toBeLessThan(800);
  expect(waiting.size).toBe(100);
});
