import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { RingBuffer } from '../src/buffer/ring-buffer.ts';
import type { DiagnosticMessages } from '../src/report/diagnostics.ts';
import { Drops } from '../src/report/drops.ts';
import { Ledger } from '../src/report/ledger.ts';
import { LiveBatches } from '../src/send/live-batches.ts';
import { FakeClock } from './fake-clock.ts';
import { messages, names, startSender } from './senders.ts';
import { createDelivery, createQueue } from './stages.ts';
import {
  DEAD_ENDPOINT,
  encodedEntry,
  ingestServer,
  seenWarnings,
  temporaryDirectory,
  until,
} from './support.ts';

it('what was spilled while the disk was asked does not come back when the disk refuses', async () => {
  const clock = new FakeClock();
  const { queue, directory } = createQueue(temporaryDirectory(), { clock });
  const ring = new RingBuffer(10, 10_000);
  const ledger = new Ledger();
  const { warnings } = seenWarnings(clock);
  const live = new LiveBatches({
    ring,
    ledger,
    queue,
    warnings,
    delivery: createDelivery({ endpoint: DEAD_ENDPOINT }).delivery,
    durable: undefined,
    drops: new Drops(ledger, warnings, clock),
    encodeOwn: () => encodedEntry(-1),
  });
  const entry = encodedEntry(ledger.accept());
  directory.create = () => Promise.reject(new Error('planted'));
  const kept = live.kept([entry], 'planned');
  live.spill([entry]);
  await kept;
  expect(ring.length).toBe(0);
  expect(ledger).toMatchObject({ deadLettered: 1, dropped: 0, pending: 0 });
});

it('without a directory a batch that failed is sent again only when a probe has found the server well', async () => {
  const count = 6;
  let batches = 0;
  const server = await ingestServer(({ entries }) =>
    entries.length > 0 && batches++ % 3 < 2 ? { status: 503 } : undefined,
  );
  let closed = 0;
  const onGate = (message: unknown): void => void (closed += isOpen(message) ? 0 : 1);
  subscribe('tracehub.gate', onGate);
  onTestFinished(() => void unsubscribe('tracehub.gate', onGate));
  const clock = new FakeClock();
  const { sender, log } = startSender(
    { endpoint: server.url, dlqPath: false, maxBatchEntries: 1, batchSize: 1, concurrency: 1, maxRetries: 0 },
    { clock, random: () => 0.5 },
  );
  log(count);
  const flushed = sender.flush();
  const start = clock.now();
  for (let failure = 1; failure <= 2 * count; failure++) {
    await until(() => closed >= failure, `failure ${failure}`);
    // Until the backoff is over nothing is sent, however long it takes.
    await sleep(20);
    expect(closed).toBe(failure);
    const delivered = Math.floor((failure - 1) / 2);
    const probes = failure - 1;
    expect([failure, server.posts.length]).toEqual([failure, failure + delivered + probes]);
    await clock.advance(failure % 2 === 1 ? 499 : 999);
    expect([failure, server.posts.length]).toEqual([failure, failure + delivered + probes]);
    await clock.advance(1);
  }
  expect(await flushed).toEqual({ delivered: count, deadLettered: 0, dropped: 0 });
  expect(messages(server.stored)).toEqual(names(1, count));
  // For each entry three batches and two probes, after one backoff per failure; none is a retry out of the budget.
  expect(sender.stats()).toMatchObject({ requests: 5 * count, retries: 0 });
  expect(clock.now() - start).toBe(1_500 * count);
});

function isOpen(message: unknown): boolean {
  return (message as DiagnosticMessages['tracehub.gate']).open;
}
