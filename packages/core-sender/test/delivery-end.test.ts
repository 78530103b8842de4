import { describe, expect, it } from 'vitest';
import { SeenEnds, createDelivery } from './stages.ts';
import { DEAD_ENDPOINT, encodedEntries, encodedEntry, ingestServer, until } from './support.ts';

describe('the end', () => {
  it('comes at once for a batch that waits when delivery is stopped', async () => {
    const server = await ingestServer(() => ({ status: 503 }));
    const { delivery } = createDelivery({ endpoint: server.url }, () => 0.999);
    const ends = new SeenEnds();
    const delivered = delivery.deliver(encodedEntries(2), ends);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    delivery.stop();
    await delivered;
    expect(performance.now() - started).toBeLessThan(100);
    expect(ends.keptSeqs).toEqual([1, 2]);
  });

  it('is not waited for beyond the deadline of a close', async () => {
    const server = await ingestServer(() => ({ status: 503 }));
    const { delivery, traffic } = createDelivery({ endpoint: server.url }, () => 0.999);
    delivery.finishWithin(100);
    const ends = new SeenEnds();
    const started = performance.now();
    await delivery.deliver(encodedEntries(2), ends);
    expect(performance.now() - started).toBeLessThan(400);
    expect(ends.keptSeqs).toEqual([1, 2]);
    expect(traffic.requests).toBe(1);
  });
});

describe('the end in an outage', () => {
  /** A batch whose first attempt was refused by nobody listening; the gate's probe is half a second away. */
  async function refusedBatch(backoff: number) {
    const draws = [0.999, backoff];
    const kit = createDelivery({ endpoint: DEAD_ENDPOINT }, () => draws.shift() ?? 0.999);
    const ends = new SeenEnds();
    const delivered = kit.delivery.deliver(encodedEntries(2), ends);
    await until(() => !kit.delivery.gate.isOpen, 'the gate to close');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ends.all).toEqual([]);
    return { ...kit, ends, delivered };
  }

  it.each([
    ['in its backoff', 0.999],
    ['before the closed gate', 0],
  ])('has a batch that waits %s kept at once', async (_where, backoff) => {
    const { delivery, traffic, ends, delivered } = await refusedBatch(backoff);
    const started = performance.now();
    delivery.finishWithin(5_000);
    await delivered;
    expect(performance.now() - started).toBeLessThan(100);
    expect(ends.keptSeqs).toEqual([1, 2]);
    expect(traffic).toMatchObject({ requests: 1, retries: 0 });
  });

  it('makes one attempt for a batch that comes later', async () => {
    const { delivery, traffic } = createDelivery({ endpoint: DEAD_ENDPOINT }, () => 0.999);
    delivery.finishWithin(5_000);
    const ends = new SeenEnds();
    const started = performance.now();
    await delivery.deliver(encodedEntries(2), ends);
    expect(performance.now() - started).toBeLessThan(300);
    expect(ends.keptSeqs).toEqual([1, 2]);
    expect(traffic).toMatchObject({ requests: 1, retries: 0 });
  });

  it('leaves retries their time while the server is up', async () => {
    let failures = 2;
    const server = await ingestServer(() => (failures-- > 0 ? { status: 503 } : undefined));
    const { delivery, traffic } = createDelivery({ endpoint: server.url }, () => 0.1);
    delivery.finishWithin(5_000);
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(2), ends);
    expect(ends.deliveredSeqs).toEqual([1, 2]);
    expect(traffic).toMatchObject({ requests: 3, retries: 2 });
  });

  it('is called off when the process goes on: batches wait for the gate again', async () => {
    const { delivery, ends, delivered } = await refusedBatch(0);
    delivery.finishWithin(5_000);
    await delivered;
    delivery.takeTime();
    const later = delivery.deliver([encodedEntry(3)], ends);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ends.keptSeqs).toEqual([1, 2]);
    delivery.stop();
    await later;
    expect(ends.keptSeqs).toEqual([1, 2, 3]);
  });
});
