import { expect, it } from 'vitest';
import { RingBuffer } from '../src/buffer/ring-buffer.ts';
import { Drops } from '../src/report/drops.ts';
import { Ledger } from '../src/report/ledger.ts';
import { LiveBatches } from '../src/send/live-batches.ts';
import { FakeClock } from './fake-clock.ts';
import { createDelivery, createQueue } from './stages.ts';
import { DEAD_ENDPOINT, encodedEntry, seenWarnings, temporaryDirectory } from './support.ts';

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
