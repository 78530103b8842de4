import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type FaultServer, type Plan, type Step, respond, startFaultServer } from '../kit/fault-server.ts';
import { makeCertificate } from './certificate.ts';
import { startFullListener } from './full-listener.ts';
import { type Lane, closeAndAccount, startLane, until } from './lane.ts';
import { resolveNames } from './names.ts';

const CONCURRENCY = 2;

/** One for a replay, beside the live batches. */
const MOST_SOCKETS = CONCURRENCY + 1;

/** The mended server's own. */
const LISTENER = 1;

/** A server that is broken at first, and how it is mended. */
interface Broken {
  endpoint: string;
  mend(): Promise<FaultServer>;
}

/** Breaks by the plan of a server that goes on to run. */
function byPlan(plan: Plan): () => Promise<Broken> {
  return async () => {
    const server = await startFaultServer({ plan });
    const mend = (): Promise<FaultServer> => {
      server.plan = {};
      return Promise.resolve(server);
    };
    return { endpoint: server.url, mend };
  };
}

const onConnection = (...steps: Step[]): (() => Promise<Broken>) => byPlan({ onConnection: () => steps });
const onWhole = (...steps: Step[]): (() => Promise<Broken>) => byPlan({ onWhole: () => steps });

/** What answers on the port is not what the sender expects; later it is. */
async function servedWithTls(): Promise<Broken> {
  const wrong = await startFaultServer({ tls: makeCertificate('IP:127.0.0.1', 2) });
  return {
    endpoint: wrong.url.replace('https:', 'http:'),
    async mend() {
      await wrong.stop();
      return startFaultServer({ port: wrong.port });
    },
  };
}

async function refused(): Promise<Broken> {
  const server = await startFaultServer();
  await server.stop();
  return { endpoint: server.url, mend: () => server.restart().then(() => server) };
}

async function neverAccepted(): Promise<Broken> {
  const { port, stop } = await startFullListener();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async mend() {
      await stop();
      return startFaultServer({ port });
    },
  };
}

async function movedName(): Promise<Broken> {
  // Where nobody listens.
  const names = resolveNames({ 'tracehub.test': '127.0.0.2' });
  const server = await startFaultServer();
  return {
    endpoint: `http://tracehub.test:${server.port}`,
    mend() {
      names['tracehub.test'] = '127.0.0.1';
      return Promise.resolve(server);
    },
  };
}

const HEAD = 'HTTP/1.1 202 Accepted\r\n';

const FAILURES: Record<string, () => Promise<Broken>> = {
  'connections that are refused': refused,
  'connections that are never accepted': neverAccepted,
  'connections that are closed before a request': onConnection({ do: 'close' }),
  'half an end before a request': onConnection({ do: 'half-close' }),
  'a reset before the request': onConnection({ do: 'reset' }),
  'a reset in the middle of the request': byPlan({
    onRequest: () => ({ bytes: 100, steps: [{ do: 'reset' }] }),
  }),
  'a reset after the request': onWhole({ do: 'reset' }),
  'half a status line': onWhole({ do: 'send', text: 'HTTP/1.1 20' }, { do: 'close' }),
  'half a status line and silence': onWhole({ do: 'send', text: 'HTTP/1.1 20' }, { do: 'hang' }),
  'what is not HTTP': onConnection({ do: 'send', text: '220 mail ESMTP\r\n' }, { do: 'hang' }),
  'TLS where plain HTTP is asked for': servedWithTls,
  'a 408 that nobody asked for': onConnection(respond(408), { do: 'close' }),
  'no answer': onWhole({ do: 'hang' }),
  'a head that drips': onWhole({ do: 'drip', text: `${HEAD}x: ${'a'.repeat(1_000)}`, everyMs: 20 }),
  'a body that drips': onWhole(
    { do: 'send', text: 'HTTP/1.1 503 Busy\r\ncontent-length: 1000\r\n\r\n' },
    { do: 'repeat', text: 'a', everyMs: 20 },
  ),
  'a body that is cut off': onWhole(
    { do: 'send', text: 'HTTP/1.1 503 Busy\r\ncontent-length: 1000\r\n\r\nabc' },
    { do: 'reset' },
  ),
  'a head without end': onWhole({ do: 'repeat', text: `x-more: ${'a'.repeat(4_000)}\r\n`, everyMs: 1 }),
  'headers of 200 KB': onWhole({ do: 'send', text: `${HEAD}x: ${'a'.repeat(200_000)}\r\n\r\n` }),
  '103 without end': onWhole({ do: 'repeat', text: 'HTTP/1.1 103 Early Hints\r\n\r\n', everyMs: 5 }),
  'a name that has moved': movedName,
};

describe('the pool recovers by itself', () => {
  test.each(Object.entries(FAILURES))('after %s', async (_, breakServer) => {
    const before = openSockets();
    const broken = await breakServer();
    const lane = startLane(broken.endpoint, { timeout: 200, concurrency: CONCURRENCY, maxBatchEntries: 5 });
    lane.log(40);
    await lane.sender.flush();
    expect(lane.sender.stats()).toMatchObject({ delivered: 0, deadLettered: 40 });

    const idle = openSockets();
    const server = await broken.mend();
    const failedBefore = failures(lane, server);
    lane.log(40);
    await until(() => lane.sender.stats().delivered === 80, 'the live entries and the replay');
    // An attempt that was under way when the server was mended may still fail.
    expect(failures(lane, server) - failedBefore).toBeLessThanOrEqual(1);
    // This process holds both ends.
    expect(openSockets() - idle).toBeLessThanOrEqual(2 * MOST_SOCKETS + LISTENER);

    const { stored, stats } = await closeAndAccount(lane, server);
    expect(stored.size).toBe(80);
    expect(stats).toMatchObject({ delivered: 80, deadLettered: 0, dropped: 0, rejected: 0 });
    await server.stop();
    await until(() => openSockets() <= before, 'every descriptor to be given back', 2_000);
  });
});

/** Attempts of the sender that the mended server has not seen whole. */
function failures(lane: Lane, server: FaultServer): number {
  return lane.sender.stats().requests - server.requests.length;
}

/** Sockets of this process, as the kernel counts them: those of a pool are not among what holds the event loop. */
function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      // The descriptor of the listing itself.
      return false;
    }
  }).length;
}
