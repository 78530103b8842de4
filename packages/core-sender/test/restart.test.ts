import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { destinationName } from '../src/dead-letters/destination.ts';
import { entryLine } from '../../../test/kit/encoded-entries.ts';
import { SEGMENT_HEADER } from '../src/dead-letters/segment-format.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { type Sender, createSender } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import {
  IDENTITY,
  encodedEntry,
  expectBalanced,
  ingestServer,
  seenWarnings,
  temporaryDirectory,
  until,
} from './support.ts';

function start(given: SenderOptions, emit: (warning: Error) => void = () => {}): Sender {
  const options = { ...IDENTITY, closeTimeout: 500, flushInterval: 100, ...given };
  const sender = createSender(options, { sdkVersion: 'test/1.0.0', emitWarning: emit });
  afterTest(async () => void (await sender.close()));
  return sender;
}

function log(sender: Sender, first: number, last: number): void {
  for (let seq = first; seq <= last; seq++) sender.send({ level: 'INFO', message: `m${seq}` });
}

/** A port on which nothing listens, until it is wanted. */
async function freePort(): Promise<number> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listenOn(port: number, stored: string[]): Promise<void> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const entries = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { message: string }[];
      stored.push(...entries.map(({ message }) => message));
      response.writeHead(202).end(JSON.stringify({ accepted: entries.length }));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  afterTest(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

function names(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `m${first + index}`);
}

describe('dead letters of an earlier run', () => {
  it('are delivered once by the next, and counted as replayed', async () => {
    const dlqPath = temporaryDirectory();
    const port = await freePort();
    const given = { endpoint: `http://127.0.0.1:${port}`, dlqPath, compress: false };
    const first = start(given);
    log(first, 1, 30);
    expect(await first.close()).toEqual({ delivered: 0, deadLettered: 30, dropped: 0 });

    const stored: string[] = [];
    await listenOn(port, stored);
    const second = start(given);
    log(second, 31, 35);
    await until(() => second.stats().replayed === 30, 'the replay');
    expect(await second.flush()).toEqual({ delivered: 5, deadLettered: 0, dropped: 0 });
    expectBalanced(second.stats());
    await second.close();

    const third = start(given);
    await third.close();
    expect(stored.toSorted()).toEqual(names(1, 35).toSorted());
    expect(third.stats().replayed).toBe(0);
  });

  it('of another key are not sent', async () => {
    const dlqPath = temporaryDirectory();
    const server = await ingestServer(({ headers }) =>
      headers['x-api-key'] === 'th_old' ? { status: 401 } : undefined,
    );
    const old = start({ endpoint: server.url, dlqPath, apiKey: 'th_old' });
    log(old, 1, 3);
    expect(await old.close()).toEqual({ delivered: 0, deadLettered: 3, dropped: 0 });
    const seen = seenWarnings();
    const next = start({ endpoint: server.url, dlqPath, apiKey: 'th_new' }, seen.emit);
    log(next, 4, 4);
    await until(() => seen.codes.includes('TRACEHUB_DLQ_OTHER_DESTINATION'), 'the mention');
    await next.close();
    expect(server.stored.map(({ message }) => message)).toEqual(['m4']);
  });
});

describe('a replay of which a part fails', () => {
  it('counts and delivers each letter once, over two starts', async () => {
    const dlqPath = temporaryDirectory();
    let answers: ({ status: number } | undefined)[] = [{ status: 401 }];
    const server = await ingestServer(({ entries }) => (entries.length === 0 ? undefined : answers.shift()));
    const given = { endpoint: server.url, dlqPath };
    const first = start(given);
    log(first, 1, 4);
    expect(await first.close()).toEqual({ delivered: 0, deadLettered: 4, dropped: 0 });
    // Halved: the first half is taken, the second refused, which closes the gate.
    answers = [{ status: 413 }, undefined, { status: 401 }];
    const second = start(given);
    await until(() => answers.length === 0, 'the replay');
    await second.close();
    expect(second.stats().replayed).toBe(2);
    const third = start(given);
    await until(() => third.stats().replayed === 2, 'the rest of the replay');
    await third.close();
    expect(server.stored.map(({ message }) => message)).toEqual(names(1, 4));
  });

  it('for its lines delivers the others, and neither it nor close is held up', async () => {
    const server = await ingestServer();
    const dlqPath = temporaryDirectory();
    const directory = join(dlqPath, destinationName(server.url, IDENTITY.apiKey));
    fs.mkdirSync(directory);
    const lines = ['null', '[1', encodedEntry(1).json].map(entryLine);
    fs.writeFileSync(
      join(directory, `000000000001-${'a'.repeat(16)}-3-9.seg`),
      SEGMENT_HEADER + lines.join(''),
    );
    const seen = seenWarnings();
    const sender = start({ endpoint: server.url, dlqPath }, seen.emit);
    await until(() => sender.stats().replayed === 1, 'the replay');
    const started = performance.now();
    await sender.close();
    expect(performance.now() - started).toBeLessThan(400);
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_DAMAGED']);
    expect(server.stored.map(({ message }) => message)).toEqual(['message 1']);
  });
});

describe('own dead letters', () => {
  it('are replayed when the server comes back, and move to delivered', async () => {
    const port = await freePort();
    const sender = start({
      endpoint: `http://127.0.0.1:${port}`,
      dlqPath: temporaryDirectory(),
      compress: false,
    });
    log(sender, 1, 20);
    await sender.flush();
    expect(sender.stats()).toMatchObject({ delivered: 0, deadLettered: 20, pending: 0 });
    const stored: string[] = [];
    await listenOn(port, stored);
    await until(() => sender.stats().delivered === 20, 'the gate to open and the replay', 9_000);
    expect(sender.stats()).toMatchObject({ accepted: 20, deadLettered: 0, replayed: 0, pending: 0 });
    expectBalanced(sender.stats());
    expect(stored.toSorted()).toEqual(names(1, 20).toSorted());
  }, 10_000);
});

describe('without a usable directory', () => {
  it('entries stay in memory until the server comes back', async () => {
    const port = await freePort();
    const file = join(temporaryDirectory(), 'in-the-way');
    fs.writeFileSync(file, '');
    const seen = seenWarnings();
    const sender = start({ endpoint: `http://127.0.0.1:${port}`, dlqPath: file, compress: false }, seen.emit);
    log(sender, 1, 20);
    void sender.flush();
    await until(() => sender.stats().requests > 0, 'a first attempt');
    expect(sender.stats()).toMatchObject({ deadLettered: 0, dropped: 0, pending: 20 });
    const stored: string[] = [];
    await listenOn(port, stored);
    await until(() => sender.stats().delivered === 20, 'the delivery', 9_000);
    expect(stored.toSorted()).toEqual(names(1, 20).toSorted());
    expect(seen.codes.filter((code) => code === 'TRACEHUB_DLQ_UNUSABLE')).toHaveLength(1);
  }, 10_000);

  it('what is left at the end is dropped as dlq-error, and the ledger balances', async () => {
    const file = join(temporaryDirectory(), 'in-the-way');
    fs.writeFileSync(file, '');
    const sender = start({
      endpoint: `http://127.0.0.1:${await freePort()}`,
      dlqPath: file,
      closeTimeout: 0,
    });
    log(sender, 1, 6);
    expect(await sender.close()).toEqual({ delivered: 0, deadLettered: 0, dropped: 6 });
    expect(sender.stats().drops).toMatchObject({ 'dlq-error': 6 });
    expectBalanced(sender.stats());
  });
});

describe('the clock', () => {
  it('moves the age of a batch: it leaves after flushInterval, and no timer stays after close', async () => {
    const server = await ingestServer();
    const clock = new FakeClock();
    const sender = createSender(
      { ...IDENTITY, endpoint: server.url, dlqPath: false },
      { sdkVersion: 'test/1.0.0' },
      { clock, random: () => 0.5 },
    );
    log(sender, 1, 2);
    await clock.advance(4_999);
    expect(server.posts).toHaveLength(0);
    await clock.advance(1);
    await until(() => sender.stats().delivered === 2, 'the batch');
    expect(server.stored.map(({ timestamp }) => timestamp)).toEqual([
      '2026-11-22T10:00:00.000000Z',
      '2026-11-22T10:00:00.000001Z',
    ]);
    await sender.close();
    expect(clock.pending).toBe(0);
  });
});
