import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Receipt, Stats } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { afterTest } from '../kit/after-test.ts';
import { type Child, startProgram } from '../kit/child.ts';
import { closedPort } from '../kit/closed-port.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { type FaultServer, accept, startFaultServer } from '../kit/fault-server.ts';
import { ledgerFaults } from '../kit/ledger-check.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { missing, recover } from './kit/lives.ts';
import { startNumberedReceiver } from './kit/numbered-receiver.ts';
import { size } from './kit/size.ts';

const COUNT = 40;

function start(program: string, input: object, nodeArgs: readonly string[] = []): Child {
  const file = fileURLToPath(new URL(`programs/${program}.mjs`, import.meta.url));
  return startProgram(file, {
    args: [JSON.stringify(input)],
    nodeArgs,
    limit: size(60_000, 180_000),
  });
}

/** What a program says of itself after `end`; it must have ended by itself, without an error. */
async function lastWords<T>(child: Child, expected: NodeJS.Signals | 0 = 0): Promise<T> {
  const { code, signal, stdout, stderr } = await child.ended;
  expect({ end: signal ?? code, stderr: withoutWarnings(stderr) }).toEqual({ end: expected, stderr: '' });
  return JSON.parse(/^end (.*)$/m.exec(stdout)?.[1] ?? 'null') as T;
}

/** Leaves out what Node says of its own experiments, and the sender's warnings. */
function withoutWarnings(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/ExperimentalWarning|--trace-warnings|TRACEHUB_/.test(line))
    .join('\n');
}

/** A server whose answers take `ms`. */
function slowServer(ms: number): Promise<FaultServer> {
  return startFaultServer({ plan: { onWhole: (request) => [{ do: 'wait', ms }, ...accept(request)] } });
}

describe('the wall clock', () => {
  const HOUR = 3_600_000;
  const jumps = {
    'an hour back': -HOUR,
    'a day ahead': 24 * HOUR,
    'forty days ahead': 960 * HOUR,
    nowhere: null,
  };

  it('may jump: no timer moves, each entry has a time the server stores', async () => {
    const server = await startFaultServer();
    const before = Date.now();
    const child = start('clock-jumps', { endpoint: server.url, dlqPath: makeTempDirectory('clock'), jumps });
    const { waits, stats } = await lastWords<{ waits: Record<string, number>; stats: Stats }>(child);
    expect(ledgerFaults(stats)).toEqual([]);
    expect(stats).toMatchObject({ accepted: 44, delivered: 44 });
    const entries = server.stored();
    expect(new Set(entries.map(({ id }) => id)).size).toBe(44);
    // flushInterval is 50 ms; the rest is a loaded machine.
    for (const [name, ms] of Object.entries(waits)) expect.soft(ms, name).toBeLessThan(3_000);
    const minute = 60_000;
    for (const [name, jump] of Object.entries(jumps)) {
      const own = entries.filter(({ message }) => message.startsWith(name));
      for (const { message, timestamp, extra } of own) {
        expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        // A record's own time counts unless the server has no partition for it.
        const isKept = message === `${name} dated` && name !== 'forty days ahead';
        const expected = before + (isKept ? 0 : (jump ?? 0));
        expect.soft(Math.abs(Date.parse(timestamp) - expected), message).toBeLessThan(minute);
        expect
          .soft('original_timestamp' in (extra ?? {}), message)
          .toBe(message === 'forty days ahead dated');
      }
    }
  });
});

describe('processes made after the sender', () => {
  it('have senders of their own, and no entry of the parent is sent again', async () => {
    const receiver = await startNumberedReceiver();
    const dlqPath = makeTempDirectory('cluster');
    const child = start('cluster', { endpoint: receiver.url, dlqPath, count: COUNT });
    const { code, stdout, stderr } = await child.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('children 0,5,SIGKILL,0,0\n');
    expect(await recover(receiver, dlqPath)).toEqual([]);
    for (const life of ['parent', 'ends', 'exits', 'killed', 'closes', 'fork']) {
      expect.soft(missing(receiver, life, COUNT), life).toEqual([]);
    }
    // The children may be ended with a batch in flight, which is then sent again; the parent is not.
    expect([...receiver.numbers('parent').values()].filter((times) => times > 1)).toEqual([]);
    expect(receiver.torn).toEqual([]);
  });
});

describe('a thread that stands still', () => {
  it('reads the answers that came meanwhile, sends nothing twice, and counts what the ring had no room for', async () => {
    const server = await slowServer(300);
    const blockedMs = size(1_500, 5_000);
    const maxBuffer = 100;
    const input = { count: COUNT, maxBuffer, blockedMs, timeout: 1_000 };
    const child = start('blocked-app', {
      endpoint: server.url,
      dlqPath: makeTempDirectory('blocked'),
      ...input,
    });
    while (server.requests.length < 2) await sleep(2);
    child.tell('block');
    const { first, last } = await lastWords<{ first: Stats; last: Stats }>(child);
    expect(first).toMatchObject({ accepted: 1 + COUNT, delivered: 1 + COUNT, requests: 2, retries: 0 });
    expect(ledgerFaults(last)).toEqual([]);
    expect(last).toMatchObject({
      accepted: 1 + 2 * COUNT + maxBuffer,
      delivered: 1 + COUNT + maxBuffer,
      retries: 0,
    });
    expect(last.drops).toMatchObject({ 'buffer-full': COUNT });
    expect(Math.max(...[...server.ids.values()].map(({ stored }) => stored))).toBe(1);
  });

  it('and is woken after SIGSTOP takes the answer that is there, late as it is', async () => {
    const server = await slowServer(200);
    const dlqPath = makeTempDirectory('stopped');
    const child = start('in-flight', { endpoint: server.url, dlqPath, count: COUNT, timeout: 1_000 });
    while (server.requests.length === 0) await sleep(5);
    child.kill('SIGSTOP');
    await sleep(size(1_800, 60_000));
    child.kill('SIGCONT');
    const stats = await lastWords<Stats>(child);
    expect(stats).toMatchObject({ accepted: COUNT, delivered: COUNT, requests: 1, retries: 0 });
  });

  it('and is woken after SIGSTOP gives up the attempt that got none, once', async () => {
    let isFirst = true;
    const server = await startFaultServer({
      plan: {
        onWhole(request) {
          if (!isFirst) return accept(request);
          isFirst = false;
          return [{ do: 'hang' }];
        },
      },
    });
    const dlqPath = makeTempDirectory('stopped');
    const child = start('in-flight', { endpoint: server.url, dlqPath, count: COUNT, timeout: 1_000 });
    while (server.requests.length === 0) await sleep(5);
    child.kill('SIGSTOP');
    await sleep(1_800);
    child.kill('SIGCONT');
    const stats = await lastWords<Stats>(child);
    expect(stats).toMatchObject({ accepted: COUNT, delivered: COUNT, retries: 1 });
  });
});

describe("Node's permission model", () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const modes = { 'a sender': false, 'a durable sender': true };

  it.each(Object.entries(modes))(
    'without the right to write %s works from memory, with one warning',
    async (_, durable) => {
      const server = await startFaultServer();
      const input = { endpoint: server.url, dlqPath: makeTempDirectory('forbidden'), count: COUNT, durable };
      const args = ['--experimental-permission', '--allow-fs-read=*', `--allow-fs-write=${root}none`];
      const { receipt, stats, warnings } = await lastWords<Forbidden>(start('forbidden', input, args));
      expect(receipt).toEqual({ delivered: COUNT, deadLettered: 0, dropped: 0 });
      expect(stats).toMatchObject({ accepted: COUNT, delivered: COUNT });
      expect(warnings).toEqual(['TRACEHUB_DLQ_UNUSABLE']);
    },
  );

  it('counts what neither disk nor server took', async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const input = { endpoint, dlqPath: makeTempDirectory('forbidden'), count: COUNT, durable: false };
    const args = ['--experimental-permission', '--allow-fs-read=*'];
    const { stats, warnings } = await lastWords<Forbidden>(start('forbidden', input, args));
    expect(ledgerFaults(stats)).toEqual([]);
    expect(stats).toMatchObject({ accepted: COUNT, dropped: COUNT, drops: { 'dlq-error': COUNT } });
    expect(warnings).toContain('TRACEHUB_DLQ_UNUSABLE');
  });
});

interface Forbidden {
  receipt: Receipt;
  stats: Stats;
  warnings: string[];
}

describe('globals of an app under test', () => {
  it('may be fake timers that never fire, also when the server hangs', async () => {
    let requests = 0;
    // The first answer comes, the second never: flush and then close depend on timers.
    const server = await startFaultServer({
      plan: { onWhole: (request) => (requests++ === 0 ? accept(request) : [{ do: 'hang' }]) },
    });
    const dlqPath = makeTempDirectory('faked');
    const child = start('fake-timers', { endpoint: server.url, dlqPath, count: COUNT, timeout: 300 });
    const { flushed, closed, stats } = await lastWords<{ flushed: Receipt; closed: Receipt; stats: Stats }>(
      child,
    );
    expect(flushed).toEqual({ delivered: COUNT, deadLettered: 0, dropped: 0 });
    expect(closed).toEqual({ delivered: COUNT, deadLettered: COUNT, dropped: 0 });
    expect(ledgerFaults(stats)).toEqual([]);
    expect(readDeadLetters(dlqPath).entries).toHaveLength(COUNT);
  });

  it('may be frozen', async () => {
    const server = await startFaultServer();
    const input = {
      endpoint: server.url,
      dlqPath: makeTempDirectory('frozen'),
      count: COUNT,
      timeout: 5_000,
    };
    const stats = await lastWords<Stats>(start('in-flight', input, ['--frozen-intrinsics']));
    expect(stats).toMatchObject({ accepted: COUNT, delivered: COUNT });
  });

  it("may be listeners that throw: Node tells the app, the sender's counts stay exact", async () => {
    const server = await startFaultServer();
    const maxBuffer = 30;
    const input = { endpoint: server.url, dlqPath: makeTempDirectory('thrown'), count: COUNT, maxBuffer };
    const { flushed, closed, stats, uncaught } = await lastWords<{
      flushed: Receipt;
      closed: Receipt;
      stats: Stats;
      uncaught: string[];
    }>(start('throwing-listeners', input));
    expect(flushed).toEqual({ delivered: maxBuffer, deadLettered: 0, dropped: COUNT - maxBuffer });
    expect(closed).toEqual({ delivered: maxBuffer + 5, deadLettered: 0, dropped: COUNT - maxBuffer });
    expect(ledgerFaults(stats)).toEqual([]);
    expect(uncaught.filter((message) => message.startsWith('warning'))).toEqual(['warning TRACEHUB_DROPPED']);
    expect(uncaught.filter((message) => message === 'channel entry.dropped')).toHaveLength(COUNT - maxBuffer);
    expect(uncaught.filter((message) => message === 'channel batch.delivered')).toHaveLength(2);
  });
});

describe("pino's worker", () => {
  it('stays alive with a small heap, however much more is logged than leaves: the ring is bounded in bytes', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => [{ do: 'hang' }] }, keepEntries: false });
    afterTest(() => server.stop());
    const lines = size(30_000, 300_000);
    const input = {
      endpoint: server.url,
      dlqPath: makeTempDirectory('heap'),
      heapMb: 64,
      lines,
      lineBytes: 1_000,
    };
    const { errors, stats } = await lastWords<{ errors: string[]; stats: Stats }>(
      start('small-heap', { ...input, maxBufferBytes: 8 * 1024 * 1024 }),
      'SIGKILL',
    );
    expect(errors).toEqual([]);
    expect(ledgerFaults(stats)).toEqual([]);
    expect(stats.accepted).toBe(lines);
    expect(stats.drops['buffer-full']).toBeGreaterThan(0);
  });

  it('that runs out of memory takes nothing of the app with it that the app does not let go', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => [{ do: 'hang' }] }, keepEntries: false });
    const input = {
      endpoint: server.url,
      dlqPath: makeTempDirectory('heap'),
      // What waits lies outside the heap, so it takes a very small one.
      heapMb: 10,
      lines: 50_000,
      lineBytes: 8_000,
    };
    const { errors } = await lastWords<{ errors: string[] }>(
      start('small-heap', { ...input, maxBufferBytes: 512 * 1024 * 1024 }),
      'SIGKILL',
    );
    expect(errors).toContain('ERR_WORKER_OUT_OF_MEMORY');
  });
});
