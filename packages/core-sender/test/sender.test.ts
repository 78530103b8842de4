import { describe, expect, it } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import type { Entry } from '../src/entry/entry.ts';
import type { LogRecord } from '../src/entry/record.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { type Sender, createSender } from '../src/index.ts';
import { runWithTraceId } from '../src/trace.ts';
import { FakeClock } from './fake-clock.ts';
import {
  DEAD_ENDPOINT,
  IDENTITY,
  type SeenWarnings,
  expectBalanced,
  ingestServer,
  rawServer,
  seenWarnings,
  temporaryDirectory,
  until,
} from './support.ts';

interface Kit {
  sender: Sender;
  seen: SeenWarnings;
  /** Sends `count` records, and checks the ledger after each. */
  log: (count: number, record?: Partial<LogRecord>) => void;
}

function start(given: SenderOptions, clock: Clock = systemClock): Kit {
  const seen = seenWarnings();
  const options: SenderOptions = {
    ...IDENTITY,
    dlqPath: temporaryDirectory(),
    closeTimeout: 1_000,
    ...given,
  };
  const profile = { sdkVersion: 'test/1.0.0', emitWarning: seen.emit };
  const sender = createSender(options, profile, { clock, random: Math.random });
  afterTest(async () => {
    await sender.close();
    const stats = sender.stats();
    expectBalanced(stats);
    expect(stats.pending).toBe(0);
  });
  const log: Kit['log'] = (count, record = {}) => {
    for (let index = 1; index <= count; index++) {
      sender.send({ level: 'INFO', message: `message ${index}`, ...record });
      expectBalanced(sender.stats());
    }
  };
  return { sender, seen, log };
}

/** The app's own entries: not those in which the sender reports drops. */
function messages(stored: readonly Entry[]): string[] {
  return stored.filter(({ module }) => module !== 'tracehub').map(({ message }) => message);
}

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `message ${first + index}`);
}

describe('flush', () => {
  it('resolves to a receipt when everything before it is delivered', async () => {
    const server = await ingestServer();
    const { sender, seen, log } = start({ endpoint: server.url });
    log(7);
    expect(await sender.flush()).toEqual({ delivered: 7, deadLettered: 0, dropped: 0 });
    expect(messages(server.stored)).toEqual(range(1, 7));
    expect(sender.stats()).toMatchObject({ accepted: 7, delivered: 7, pending: 0, requests: 1, retries: 0 });
    expect(seen.codes).toEqual([]);
  });

  it('resolves at once when nothing was logged', async () => {
    const { sender } = start({ endpoint: DEAD_ENDPOINT });
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 0, dropped: 0 });
  });

  it('resolves when the server is down: the entries are dead letters', async () => {
    const { sender, log } = start({ endpoint: DEAD_ENDPOINT, flushInterval: 100 });
    log(5);
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 5, dropped: 0 });
  });

  it('is not needed for a full batch', async () => {
    const server = await ingestServer();
    const { log } = start({ endpoint: server.url, batchSize: 3 });
    log(3);
    expect(await until(() => server.stored.length || undefined, 'the batch')).toBe(3);
  });
});

describe('close', () => {
  it('delivers what waits, and gives the same receipt each time', async () => {
    const server = await ingestServer();
    const { sender, log } = start({ endpoint: server.url });
    log(5);
    const [first, second] = await Promise.all([sender.close(), sender.close()]);
    expect(first).toEqual({ delivered: 5, deadLettered: 0, dropped: 0 });
    expect(second).toBe(first);
    expect(server.stored).toHaveLength(5);
  });

  it('keeps to closeTimeout when the server hangs; the rest goes to the disk', async () => {
    const server = await rawServer(() => {});
    const { sender, log } = start({ endpoint: server.url, closeTimeout: 300 });
    log(120);
    const started = performance.now();
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 120, dropped: 0 });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(performance.now() - started).toBeGreaterThan(250);
  });

  it('counts what could go nowhere as closed', async () => {
    const { sender, log } = start({ endpoint: DEAD_ENDPOINT, dlqPath: false, closeTimeout: 0 });
    log(4);
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 0, dropped: 4 });
    expect(sender.stats().drops).toMatchObject({ closed: 4 });
  });

  it('ends logging: what comes after is counted as closed', async () => {
    const server = await ingestServer();
    const { sender, log } = start({ endpoint: server.url });
    log(1);
    await sender.close();
    log(3);
    expect(sender.stats()).toMatchObject({ accepted: 4, delivered: 1, dropped: 3, pending: 0 });
    expect(sender.stats().drops).toMatchObject({ closed: 3 });
    expect(await sender.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 3 });
  });

  it('leaves no listener on the process', async () => {
    const before = ['exit', 'beforeExit', 'SIGTERM'].map((name) => process.listenerCount(name));
    const { sender } = start({ endpoint: DEAD_ENDPOINT, closeOnSignal: ['SIGTERM'] });
    expect(process.listenerCount('SIGTERM')).toBe(before[2]! + 1);
    await sender.close();
    expect(['exit', 'beforeExit', 'SIGTERM'].map((name) => process.listenerCount(name))).toEqual(before);
  });
});

describe('a full ring', () => {
  it('drops the oldest, counts them exactly and tells the server', async () => {
    const server = await ingestServer();
    const { sender, seen, log } = start({ endpoint: server.url, maxBuffer: 100 });
    log(250);
    expect(await sender.flush()).toEqual({ delivered: 100, deadLettered: 0, dropped: 150 });
    expect(messages(server.stored)).toEqual(range(151, 250));
    expect(sender.stats().drops).toMatchObject({ 'buffer-full': 150 });
    expect(seen.codes).toEqual(['TRACEHUB_DROPPED']);
    const reports = server.stored.filter(({ module }) => module === 'tracehub');
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ level: 'WARN', extra: { tracehub_dropped: { 'buffer-full': 150 } } });
  });

  it('is full in bytes as well', async () => {
    const server = await ingestServer();
    const { sender, log } = start({ endpoint: server.url, maxBufferBytes: 1024 * 1024 });
    log(30, { message: 'x'.repeat(100_000) });
    const { delivered, dropped } = await sender.flush();
    expect(delivered).toBe(10);
    expect(dropped).toBe(20);
  });

  it("spills to the disk with overflow: 'spill', and loses nothing", async () => {
    const server = await ingestServer();
    const { sender, log } = start({ endpoint: server.url, maxBuffer: 100, overflow: 'spill' });
    log(250);
    expect(sender.stats()).toMatchObject({ deadLettered: 200, dropped: 0, pending: 50 });
    await sender.flush();
    await until(() => sender.stats().delivered === 250, 'the replay');
    expect(sender.stats()).toMatchObject({ deadLettered: 0, dropped: 0, replayed: 0, pending: 0 });
    expect(messages(server.stored).toSorted()).toEqual(range(1, 250).toSorted());
  });
});

describe('options in force', () => {
  it('rateLimit counts the excess, level by level', async () => {
    const server = await ingestServer();
    const { sender, log } = start({ endpoint: server.url, rateLimit: 5 }, new FakeClock());
    log(20);
    log(2, { level: 'ERROR' });
    const { drops, accepted } = sender.stats();
    expect(accepted).toBe(22);
    expect(drops['rate-limit']).toBe(15);
    expect(await sender.flush()).toEqual({ delivered: 7, deadLettered: 0, dropped: 15 });
  });

  it('idInExtra puts the id where the server keeps it', async () => {
    const server = await ingestServer();
    const { sender, log } = start({ endpoint: server.url, idInExtra: true });
    log(2);
    await sender.flush();
    for (const { id, extra } of server.stored) expect(extra).toEqual({ tracehub_id: id });
    expect(new Set(server.stored.map(({ id }) => id)).size).toBe(2);
  });

  it('enabled: false accepts and discards, opens nothing and needs no key', async () => {
    const server = await ingestServer();
    const seen = seenWarnings();
    const options: SenderOptions = { enabled: false, endpoint: server.url, dlqPath: '/proc/nowhere' };
    const sender = createSender(options, { sdkVersion: 'test/1.0.0', emitWarning: seen.emit });
    sender.send({ level: 'INFO', message: 'm' });
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 0, dropped: 0 });
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 0, dropped: 0 });
    expectBalanced(sender.stats());
    expect([server.posts.length, seen.codes.length]).toEqual([0, 0]);
  });

  it('warnings about the configuration are emitted with their code', () => {
    const { seen } = start({ endpoint: DEAD_ENDPOINT, apiKey: 'odd', ...({ flushIntervall: 5 } as object) });
    expect(seen.codes.toSorted()).toEqual(['TRACEHUB_KEY_FORMAT', 'TRACEHUB_UNKNOWN_OPTION']);
  });
});

describe('a record', () => {
  it('has the trace id of the context in which it was logged', async () => {
    const server = await ingestServer();
    const { sender } = start({ endpoint: server.url });
    const work = async (id: string): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      sender.send({ level: 'INFO', message: id });
    };
    await Promise.all(['a', 'b', 'c'].map((id) => runWithTraceId(id, () => work(id))));
    sender.send({ level: 'INFO', message: 'none' });
    await sender.flush();
    expect(server.stored.map(({ message, trace_id: id }) => [message, id])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
      ['none', undefined],
    ]);
  });

  it('is read when it is logged, not when it is sent', async () => {
    const server = await ingestServer();
    const { sender } = start({ endpoint: server.url });
    const fields = { user: { name: 'before' } };
    sender.send({ level: 'INFO', message: 'm', fields });
    fields.user.name = 'after';
    await sender.flush();
    expect(server.stored[0]?.extra).toEqual({ user: { name: 'before' } });
  });
});

describe('a fault of the server', () => {
  it('that heals loses nothing', async () => {
    let failures = 2;
    const server = await ingestServer(() => (failures-- > 0 ? { status: 503 } : undefined));
    const { sender, log } = start({ endpoint: server.url });
    log(10);
    expect(await sender.flush()).toEqual({ delivered: 10, deadLettered: 0, dropped: 0 });
    expect(sender.stats()).toMatchObject({ requests: 3, retries: 2 });
  });

  it('about one entry costs that entry only, which is kept on disk', async () => {
    const server = await ingestServer(({ entries }) =>
      entries.some(({ message }) => message === 'message 4') ? { status: 400 } : undefined,
    );
    const { sender, log } = start({ endpoint: server.url });
    log(10);
    expect(await sender.flush()).toEqual({ delivered: 9, deadLettered: 1, dropped: 0 });
    expect(sender.stats()).toMatchObject({ delivered: 9, deadLettered: 1, rejected: 1 });
  });

  it('about one entry drops it where there is no directory', async () => {
    const server = await ingestServer(() => ({ status: 400 }));
    const { sender, log } = start({ endpoint: server.url, dlqPath: false });
    log(1);
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 0, dropped: 1 });
    expect(sender.stats().drops).toMatchObject({ rejected: 1 });
  });
});
