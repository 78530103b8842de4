import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { messages, names, startSender } from './senders.ts';
import { DEAD_ENDPOINT, ingestServer, temporaryDirectory, until } from './support.ts';

function onDisk(dlqPath: string): string[] {
  return readDeadLetters(dlqPath).entries.map(({ message }) => message);
}

describe('durable', () => {
  it('has an entry on disk before it is sent', async () => {
    const dlqPath = temporaryDirectory();
    const missing: string[] = [];
    const server = await ingestServer(({ entries }) => {
      const there = new Set(onDisk(dlqPath));
      missing.push(...messages(entries).filter((message) => !there.has(message)));
      return undefined;
    });
    const { sender, log } = startSender({ endpoint: server.url, dlqPath, durable: true, batchSize: 1 });
    for (let burst = 0; burst < 5; burst++) {
      log(20);
      await until(() => sender.stats().pending === 0, 'the burst to be delivered');
    }
    expect(missing).toEqual([]);
    expect(sender.stats()).toMatchObject({ delivered: 100, durable: 100, deadLettered: 0 });
  });

  it('has it there when the log call returns with durableInterval 0', () => {
    const dlqPath = temporaryDirectory();
    const { sender, log } = startSender({
      endpoint: DEAD_ENDPOINT,
      dlqPath,
      durable: true,
      durableInterval: 0,
    });
    for (let seq = 1; seq <= 3; seq++) {
      log(1);
      expect(onDisk(dlqPath)).toEqual(names(1, seq));
      expect(sender.stats()).toMatchObject({ durable: seq, pending: seq });
    }
  });

  it('says how many are safe: none that was logged less than durableInterval ago', async () => {
    const { sender, log } = startSender({ endpoint: DEAD_ENDPOINT, durable: true, durableInterval: 30 });
    log(7);
    expect(sender.stats().durable).toBe(0);
    await until(() => sender.stats().durable === 7, 'the write');
    log(1);
    expect(sender.stats().durable).toBe(7);
  });

  it('does not make flush wait for the interval', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, durable: true, durableInterval: 10_000 });
    log(5);
    const started = performance.now();
    expect(await sender.flush()).toEqual({ delivered: 5, deadLettered: 0, dropped: 0 });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('leaves nothing behind after a close that delivered everything', async () => {
    const server = await ingestServer();
    const dlqPath = temporaryDirectory();
    const { sender, log } = startSender({ endpoint: server.url, dlqPath, durable: true });
    log(120);
    expect(await sender.close()).toEqual({ delivered: 120, deadLettered: 0, dropped: 0 });
    const [destination = ''] = fs.readdirSync(dlqPath);
    expect(fs.readdirSync(join(dlqPath, destination))).toEqual([]);
  });

  it('leaves each entry once after a close in an outage, and the next start sends it once', async () => {
    let isDown = true;
    const server = await ingestServer(() => (isDown ? { status: 401 } : undefined));
    const given = { endpoint: server.url, dlqPath: temporaryDirectory(), durable: true };
    const first = startSender(given);
    first.log(30);
    expect(await first.sender.close()).toEqual({ delivered: 0, deadLettered: 30, dropped: 0 });
    expect(onDisk(given.dlqPath).toSorted()).toEqual(names(1, 30).toSorted());
    isDown = false;
    const next = startSender(given);
    await until(() => next.sender.stats().replayed === 30, 'the replay');
    await next.sender.close();
    expect(messages(server.stored).toSorted()).toEqual(names(1, 30).toSorted());
    expect(onDisk(given.dlqPath)).toEqual([]);
  });

  it('does not replay what the server refused', async () => {
    const server = await ingestServer(({ entries }) =>
      entries.some(({ message }) => message === 'message 4') ? { status: 400 } : undefined,
    );
    const dlqPath = temporaryDirectory();
    const { sender, log } = startSender({ endpoint: server.url, dlqPath, durable: true });
    log(10);
    expect(await sender.flush()).toEqual({ delivered: 9, deadLettered: 1, dropped: 0 });
    await sender.close();
    const { entries, rejected } = readDeadLetters(dlqPath);
    expect([messages(entries), messages(rejected)]).toEqual([[], ['message 4']]);
  });

  it('delivers all the same when the disk refuses, and counts as safe only what is delivered', async () => {
    const server = await ingestServer();
    const file = join(temporaryDirectory(), 'in-the-way');
    fs.writeFileSync(file, '');
    const { sender, seen, log } = startSender({ endpoint: server.url, dlqPath: file, durable: true });
    log(10);
    await sleep(60);
    expect(sender.stats()).toMatchObject({ pending: 10, durable: 0 });
    expect(await sender.flush()).toEqual({ delivered: 10, deadLettered: 0, dropped: 0 });
    expect(sender.stats()).toMatchObject({ delivered: 10, durable: 10 });
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_UNUSABLE']);
  });
});

describe('a full ring with durable', () => {
  it('drops nothing that is on disk: it becomes a dead letter, which the next start sends', async () => {
    const server = await ingestServer();
    const given = {
      endpoint: server.url,
      dlqPath: temporaryDirectory(),
      maxBuffer: 10,
      durable: true,
      durableInterval: 0,
    };
    const first = startSender(given);
    first.log(25);
    expect(first.sender.stats()).toMatchObject({ pending: 10, deadLettered: 15, dropped: 0, durable: 25 });
    expect(await first.sender.close()).toEqual({ delivered: 10, deadLettered: 15, dropped: 0 });
    expect(first.seen.codes).toEqual([]);
    expect(onDisk(given.dlqPath).toSorted()).toEqual(names(1, 15).toSorted());
    const next = startSender(given);
    await until(() => next.sender.stats().replayed === 15, 'the replay');
    await next.sender.close();
    expect(messages(server.stored).toSorted()).toEqual(names(1, 25).toSorted());
  });

  it('drops and counts what is not on disk yet, and does not write it any more', async () => {
    const server = await ingestServer();
    const dlqPath = temporaryDirectory();
    const { sender, log } = startSender({ endpoint: server.url, dlqPath, maxBuffer: 10, durable: true });
    log(25);
    expect(sender.stats()).toMatchObject({ pending: 10, deadLettered: 0, dropped: 15 });
    expect(await sender.close()).toEqual({ delivered: 10, deadLettered: 0, dropped: 15 });
    expect(sender.stats().drops).toMatchObject({ 'buffer-full': 15 });
    expect(onDisk(dlqPath)).toEqual([]);
    expect(messages(server.stored)).toEqual(names(16, 25));
  });
});
