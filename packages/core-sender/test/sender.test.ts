import { describe, expect, it } from 'vitest';
import type { SenderOptions } from '../src/options/options.ts';
import { createSender } from '../src/index.ts';
import { runWithTraceId } from '../src/trace.ts';
import { FakeClock } from './fake-clock.ts';
import { messages, names, startSender } from './senders.ts';
import { DEAD_ENDPOINT, expectBalanced, ingestServer, seenWarnings, until } from './support.ts';

describe('flush', () => {
  it('resolves to a receipt when everything before it is delivered', async () => {
    const server = await ingestServer();
    const { sender, seen, log } = startSender({ endpoint: server.url });
    log(7);
    expect(await sender.flush()).toEqual({ delivered: 7, deadLettered: 0, dropped: 0 });
    expect(messages(server.stored)).toEqual(names(1, 7));
    expect(sender.stats()).toMatchObject({ accepted: 7, delivered: 7, pending: 0, requests: 1, retries: 0 });
    expect(seen.codes).toEqual([]);
  });

  it('resolves at once when nothing was logged', async () => {
    const { sender } = startSender({ endpoint: DEAD_ENDPOINT });
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 0, dropped: 0 });
  });

  it('resolves when the server is down: the entries are dead letters', async () => {
    const { sender, log } = startSender({ endpoint: DEAD_ENDPOINT, flushInterval: 100 });
    log(5);
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 5, dropped: 0 });
  });

  it('is not needed for a full batch', async () => {
    const server = await ingestServer();
    const { log } = startSender({ endpoint: server.url, batchSize: 3 });
    log(3);
    expect(await until(() => server.stored.length || undefined, 'the batch')).toBe(3);
  });
});

describe('options in force', () => {
  it('rateLimit counts the excess, level by level', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, rateLimit: 5 }, { clock: new FakeClock() });
    log(20);
    log(2, { level: 'ERROR' });
    const { drops, accepted } = sender.stats();
    expect(accepted).toBe(22);
    expect(drops['rate-limit']).toBe(15);
    expect(await sender.flush()).toEqual({ delivered: 7, deadLettered: 0, dropped: 15 });
  });

  it('idInExtra puts the id where the server keeps it', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, idInExtra: true });
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
    const { seen } = startSender({
      endpoint: DEAD_ENDPOINT,
      apiKey: 'odd',
      ...({ flushIntervall: 5 } as object),
    });
    expect(seen.codes.toSorted()).toEqual(['TRACEHUB_KEY_FORMAT', 'TRACEHUB_UNKNOWN_OPTION']);
  });
});

describe('a record', () => {
  it('has the trace id of the context in which it was logged', async () => {
    const server = await ingestServer();
    const { sender } = startSender({ endpoint: server.url });
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
    const { sender } = startSender({ endpoint: server.url });
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
    const { sender, log } = startSender({ endpoint: server.url });
    log(10);
    expect(await sender.flush()).toEqual({ delivered: 10, deadLettered: 0, dropped: 0 });
    expect(sender.stats()).toMatchObject({ requests: 3, retries: 2 });
  });

  it('about one entry costs that entry only, which is kept on disk', async () => {
    const server = await ingestServer(({ entries }) =>
      entries.some(({ message }) => message === 'message 4') ? { status: 400 } : undefined,
    );
    const { sender, log } = startSender({ endpoint: server.url });
    log(10);
    expect(await sender.flush()).toEqual({ delivered: 9, deadLettered: 1, dropped: 0 });
    expect(sender.stats()).toMatchObject({ delivered: 9, deadLettered: 1, rejected: 1 });
  });

  it('about one entry drops it where there is no directory', async () => {
    const server = await ingestServer(() => ({ status: 400 }));
    const { sender, log } = startSender({ endpoint: server.url, dlqPath: false });
    log(1);
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 0, dropped: 1 });
    expect(sender.stats().drops).toMatchObject({ rejected: 1 });
  });
});
