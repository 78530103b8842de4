import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import type { Entry } from '../src/entry/entry.ts';
import { Drops } from '../src/report/drops.ts';
import { Ledger } from '../src/report/ledger.ts';
import { runWithTraceId } from '../src/trace.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { isNotice, messages, names, startSender } from './senders.ts';
import { encodedEntry, ingestServer, seenWarnings, temporaryDirectory } from './support.ts';

const START = '2026-11-22T10:00:00.000Z';

function setUp() {
  const clock = new FakeClock();
  const ledger = new Ledger();
  const drops = new Drops(ledger, seenWarnings(clock).warnings, clock);
  const refuse = (count: number): void => {
    for (let index = 0; index < count; index++) drops.refuse(ledger.accept(), 'rate-limit');
  };
  const giveUp = (count: number): void => {
    const entries = Array.from({ length: count }, () => encodedEntry(ledger.accept()));
    drops.giveUp(entries, 'buffer-full');
  };
  return { clock, ledger, drops, refuse, giveUp };
}

describe('a notice of drops', () => {
  it('says how many, why, and from when to when', async () => {
    const { clock, drops, refuse, giveUp } = setUp();
    refuse(2);
    await clock.advance(1_500);
    giveUp(3);
    await clock.advance(500);
    refuse(1);
    expect(drops.takeNotice()?.record).toEqual({
      level: 'WARN',
      message: 'TraceHub sender dropped 6 entries (rate-limit 3, buffer-full 3)',
      fields: {
        module: 'tracehub',
        tracehub_dropped: { 'rate-limit': 3, 'buffer-full': 3 },
        from: START,
        to: '2026-11-22T10:00:02.000Z',
      },
    });
  });

  it('is given once, and only when there is something to tell', () => {
    const { drops, giveUp } = setUp();
    expect(drops.takeNotice()).toBeUndefined();
    giveUp(0);
    expect(drops.takeNotice()).toBeUndefined();
    giveUp(1);
    expect(drops.takeNotice()).toBeDefined();
    expect(drops.takeNotice()).toBeUndefined();
  });

  it('tells of dead letters that a full directory let go', () => {
    const { ledger, drops } = setUp();
    ledger.settle([encodedEntry(ledger.accept())], 'deadLettered');
    drops.forfeit(1, 'dlq-full');
    expect(drops.takeNotice()?.record.fields).toMatchObject({ tracehub_dropped: { 'dlq-full': 1 } });
  });

  it('that did not arrive is said again with the next, as one', async () => {
    const { clock, drops, refuse, giveUp } = setUp();
    refuse(2);
    const lost = drops.takeNotice();
    await clock.advance(1_000);
    refuse(1);
    giveUp(4);
    lost?.restore();
    expect(drops.takeNotice()?.record).toMatchObject({
      message: 'TraceHub sender dropped 7 entries (rate-limit 3, buffer-full 4)',
      fields: { from: START, to: '2026-11-22T10:00:01.000Z' },
    });
  });
});

describe('after an overflow', () => {
  it('the first batch carries one notice, in an entry of the sender that is not counted', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, maxBuffer: 100 });
    log(150);
    await sender.flush();
    // The receipt comes a moment before the batch is over.
    await settle();
    log(1);
    await sender.flush();
    const [first, second] = server.posts.map(({ entries }) => entries);
    expect(messages(first ?? [])).toEqual(names(51, 150));
    expect(first?.filter(isNotice)).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-f]{16}-s1$/) as unknown,
        level: 'WARN',
        message: 'TraceHub sender dropped 50 entries (buffer-full 50)',
        module: 'tracehub',
        service: 'shop',
        extra: {
          tracehub_dropped: { 'buffer-full': 50 },
          from: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
          to: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        },
      }),
    ]);
    expect(first?.[0]?.id.split('-')[0]).toBe(first?.[1]?.id.split('-')[0]);
    expect(messages(second ?? [])).toEqual(names(151, 151));
    expect(second).toHaveLength(1);
    expect(sender.stats()).toMatchObject({ accepted: 151, delivered: 101, dropped: 50, pending: 0 });
  });

  it('the notice is of no trace, whatever the context of the batch', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, maxBuffer: 2 });
    await runWithTraceId('request-1', () => {
      log(3);
      return sender.flush();
    });
    const traceIdsOf = (entries: readonly Entry[]) => entries.map(({ trace_id }) => trace_id);
    expect(traceIdsOf(server.stored.filter(isNotice))).toEqual([undefined]);
    expect(traceIdsOf(server.stored.filter((entry) => !isNotice(entry)))).toEqual(['request-1', 'request-1']);
  });

  it('the notice of a batch that failed goes with the next, and not to the disk', async () => {
    let failures = 1;
    const server = await ingestServer(() => (failures-- > 0 ? { status: 503 } : undefined));
    const dlqPath = temporaryDirectory();
    const { sender, log } = startSender({ endpoint: server.url, dlqPath, maxBuffer: 100, maxRetries: 0 });
    log(150);
    expect(await sender.flush()).toEqual({ delivered: 0, deadLettered: 100, dropped: 50 });
    expect(readDeadLetters(dlqPath).entries.map(({ message }) => message)).toEqual(names(51, 150));
    await settle();
    log(110);
    expect(await sender.flush()).toEqual({ delivered: 100, deadLettered: 100, dropped: 60 });
    const notices = server.stored.filter(isNotice);
    expect(notices).toHaveLength(1);
    expect(notices[0]?.id).toMatch(/-s2$/);
    expect(notices[0]?.extra).toMatchObject({ tracehub_dropped: { 'buffer-full': 60 } });
  });

  it('a notice the server refuses costs no entry and is not counted as rejected', async () => {
    const server = await ingestServer(({ entries }) =>
      entries.some(isNotice) ? { status: 400 } : undefined,
    );
    const dlqPath = temporaryDirectory();
    const { sender, log } = startSender({ endpoint: server.url, dlqPath, maxBuffer: 100 });
    log(101);
    expect(await sender.flush()).toEqual({ delivered: 100, deadLettered: 0, dropped: 1 });
    expect(sender.stats()).toMatchObject({ rejected: 0, pending: 0 });
    expect(messages(server.stored)).toHaveLength(100);
    await sender.close();
    const [destination = ''] = fs.readdirSync(dlqPath);
    expect(fs.readdirSync(join(dlqPath, destination))).toEqual([]);
  });

  it('the batch with the notice keeps within maxBatchEntries', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, maxBuffer: 10, maxBatchEntries: 5 });
    log(11);
    expect(await sender.flush()).toEqual({ delivered: 10, deadLettered: 0, dropped: 1 });
    expect(server.stored.filter(isNotice)).toHaveLength(1);
    const sizes = server.posts.map(({ entries }) => entries.length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 5, 5]);
  });

  it('leaves with the first batch of its own year', async () => {
    const server = await ingestServer();
    const clock = new FakeClock();
    clock.setWall(Date.parse('2026-12-31T23:59:59.000Z'));
    const { sender, log } = startSender({ endpoint: server.url, maxBuffer: 2 }, { clock });
    log(3);
    clock.setWall(Date.parse('2027-01-01T00:00:00.000Z'));
    await sender.flush();
    await settle();
    log(1);
    await sender.flush();
    const years = server.posts.map(({ entries }) =>
      entries.map((entry) => (isNotice(entry) ? 'notice' : entry.timestamp.slice(0, 4))),
    );
    expect(years).toEqual([
      ['2026', '2026'],
      ['notice', '2027'],
    ]);
  });
});
