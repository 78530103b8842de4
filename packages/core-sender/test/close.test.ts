import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { startSender } from './senders.ts';
import { DEAD_ENDPOINT, ingestServer, rawServer, temporaryDirectory, until } from './support.ts';

describe('close', () => {
  it('delivers what waits, and gives the same receipt each time', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url });
    log(5);
    const [first, second] = await Promise.all([sender.close(), sender.close()]);
    expect(first).toEqual({ delivered: 5, deadLettered: 0, dropped: 0 });
    expect(second).toBe(first);
    expect(server.stored).toHaveLength(5);
  });

  it('keeps to closeTimeout when the server hangs; the rest goes to the disk', async () => {
    const server = await rawServer(() => {});
    const { sender, log } = startSender({ endpoint: server.url, closeTimeout: 300 });
    log(120);
    const started = performance.now();
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 120, dropped: 0 });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(performance.now() - started).toBeGreaterThan(250);
  });

  it('keeps to closeTimeout when there is no directory either', async () => {
    const server = await rawServer(() => {});
    const { sender, log } = startSender({ endpoint: server.url, dlqPath: false, closeTimeout: 200 });
    log(3);
    const started = performance.now();
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 0, dropped: 3 });
    expect(performance.now() - started).toBeLessThan(700);
    expect(sender.stats().drops).toMatchObject({ closed: 3 });
  });

  it('counts what could go nowhere as closed', async () => {
    const { sender, log } = startSender({ endpoint: DEAD_ENDPOINT, dlqPath: false, closeTimeout: 0 });
    log(4);
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 0, dropped: 4 });
    expect(sender.stats().drops).toMatchObject({ closed: 4 });
  });

  it('ends logging: what comes after is counted as closed', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url });
    log(1);
    await sender.close();
    log(3);
    expect(sender.stats()).toMatchObject({ accepted: 4, delivered: 1, dropped: 3, pending: 0 });
    expect(sender.stats().drops).toMatchObject({ closed: 3 });
    expect(await sender.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 3 });
  });

  it('leaves no listener on the process', async () => {
    const before = ['exit', 'beforeExit', 'SIGTERM'].map((name) => process.listenerCount(name));
    const { sender } = startSender({ endpoint: DEAD_ENDPOINT, closeOnSignal: ['SIGTERM'] });
    expect(process.listenerCount('SIGTERM')).toBe(before[2]! + 1);
    await sender.close();
    expect(['exit', 'beforeExit', 'SIGTERM'].map((name) => process.listenerCount(name))).toEqual(before);
  });
});

describe('close in an outage', () => {
  it('waits for nothing: what waits and what is in flight is on the disk at once', async () => {
    const dlqPath = temporaryDirectory();
    // The gate draws first: its probe is half a second away, and the batch waits before it without a backoff.
    const draws = [0.999, 0];
    const { sender, log } = startSender(
      { endpoint: DEAD_ENDPOINT, dlqPath, closeTimeout: 5_000 },
      { random: () => draws.shift() ?? 0.999 },
    );
    log(60);
    await until(() => draws.length === 0, 'a failed attempt');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sender.stats()).toMatchObject({ requests: 1, pending: 60 });
    log(20);
    const started = performance.now();
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 80, dropped: 0 });
    expect(performance.now() - started).toBeLessThan(700);
    expect(readDeadLetters(dlqPath).entries).toHaveLength(80);
  });

  it('does not wait either when it is close that meets the outage', async () => {
    const { sender, log } = startSender({ endpoint: DEAD_ENDPOINT, closeTimeout: 5_000 });
    log(5);
    const started = performance.now();
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 5, dropped: 0 });
    expect(performance.now() - started).toBeLessThan(700);
    expect(sender.stats()).toMatchObject({ requests: 1, retries: 0 });
  });
});
