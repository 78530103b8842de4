import { describe, expect, it } from 'vitest';
import { entryWith } from '../../../test/kit/encoded-entries.ts';
import { createWorker } from './batch-worker-kit.ts';
import { settle } from './fake-clock.ts';

describe('a batch leaves', () => {
  it('when batchSize entries wait, and takes all of them', async () => {
    const { sink, push } = createWorker();
    push(2);
    await settle();
    expect(sink.delivered).toEqual([]);
    push(5);
    await settle();
    expect(sink.delivered).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
  });

  it('for its size alone 100 ms after the last, with all that came meanwhile', async () => {
    const { clock, sink, push } = createWorker();
    push(5);
    await settle();
    push(6);
    await clock.advance(60);
    push();
    await clock.advance(39);
    expect(sink.delivered).toEqual([[1, 2, 3, 4, 5]]);
    await clock.advance(1);
    expect(sink.delivered.slice(1)).toEqual([[6, 7, 8, 9, 10, 11, 12]]);
  });

  it('at once, however short ago the last one left, when it is full', async () => {
    const { sink, push } = createWorker();
    sink.limits.entries = 8;
    push(5);
    await settle();
    push(9);
    await settle();
    expect(sink.delivered).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11, 12, 13],
    ]);
  });

  it('at once, however short ago the last one left, when the ring fills up', async () => {
    const { sink, push } = createWorker({ capacity: 10 });
    push(3);
    await settle();
    push(4);
    await settle();
    expect(sink.delivered).toHaveLength(1);
    push(1);
    await settle();
    expect(sink.delivered).toEqual([
      [1, 2, 3],
      [4, 5, 6, 7, 8],
    ]);
  });

  it('when all are due by a flush, however short ago the last one left', async () => {
    const { sink, push, worker } = createWorker();
    push(5);
    await settle();
    push(2);
    worker.flush(7);
    await settle();
    expect(sink.delivered).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7],
    ]);
  });

  it('never inside the log call', () => {
    const { sink, push } = createWorker();
    push(10);
    expect(sink.delivered).toEqual([]);
  });

  it('when the bytes of a request wait', async () => {
    const { sink, push } = createWorker({ batchSize: 100 });
    sink.limits.bytes = 50;
    push(4);
    await settle();
    expect(sink.delivered).toEqual([]);
    push();
    await settle();
    expect(sink.delivered).toEqual([[1, 2, 3, 4]]);
  });

  it('when its oldest entry has waited flushInterval, which later entries do not put off', async () => {
    const { clock, sink, push } = createWorker({ batchSize: 100 });
    push();
    for (let second = 1; second < 5; second++) {
      await clock.advance(1_000);
      push();
    }
    await clock.advance(999);
    expect(sink.delivered).toEqual([]);
    await clock.advance(1);
    expect(sink.delivered).toEqual([[1, 2, 3, 4, 5]]);
  });

  it('with the age of those left behind counted from their own log call', async () => {
    const { clock, sink, push } = createWorker({ batchSize: 100 });
    sink.limits.entries = 2;
    push(2);
    await clock.advance(3_000);
    push();
    await clock.advance(2_000);
    expect(sink.delivered).toEqual([[1, 2]]);
    await clock.advance(2_999);
    expect(sink.delivered).toHaveLength(1);
    await clock.advance(1);
    expect(sink.delivered).toEqual([[1, 2], [3]]);
  });

  it('at a flush, up to the entry named and no further', async () => {
    const { sink, worker, push } = createWorker({ batchSize: 100 });
    sink.limits.entries = 2;
    push(3);
    worker.flush(2);
    await settle();
    expect(sink.delivered).toEqual([[1, 2]]);
  });

  it('within the limits of entries, bytes and one year', async () => {
    const { sink, worker, push } = createWorker({ batchSize: 100, concurrency: 64 });
    sink.limits = { entries: 3, bytes: 23 };
    push(3);
    push(1, { bytes: 500 });
    push(2, { bytes: 2, year: 2026 });
    push(1, { bytes: 2, year: 2027 });
    worker.flush(7);
    await settle();
    expect(sink.delivered).toEqual([[1, 2], [3], [4], [5, 6], [7]]);
  });

  it('only up to the last entry that is ready', async () => {
    const { sink, worker, push } = createWorker();
    sink.readyUpTo = 2;
    push(4);
    await settle();
    expect(sink.delivered).toEqual([[1, 2]]);
    sink.readyUpTo = 4;
    worker.flush(4);
    expect(sink.delivered).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('with no timer left when nothing waits', async () => {
    const { clock, sink, push } = createWorker();
    push();
    expect(clock.pending).toBe(1);
    await clock.advance(5_000);
    expect(sink.delivered).toEqual([[1]]);
    expect(clock.pending).toBe(0);
  });
});

describe('requests in flight', () => {
  it('are at most `concurrency`, and their end lets the next batch leave', async () => {
    const { ring, sink, worker, push } = createWorker({ batchSize: 1, isHeld: true });
    sink.limits.entries = 1;
    push(4);
    await settle();
    expect(sink.delivered).toEqual([[1], [2]]);
    expect(worker.inFlight().map(({ seq }) => seq)).toEqual([1, 2]);
    await sink.end();
    expect(sink.delivered).toEqual([[1], [2], [3]]);
    expect(worker.inFlight().map(({ seq }) => seq)).toEqual([2, 3]);
    expect(ring.length).toBe(1);
  });

  it('count against the bytes of the ring until they end', async () => {
    const { ring, sink, worker, push } = createWorker({ batchSize: 1, isHeld: true });
    push(1, { bytes: 9_000 });
    await settle();
    push(1, { bytes: 900 });
    const entry = entryWith({ seq: 9, bytes: 101 });
    expect(ring.fits(entry)).toBe(false);
    await settle();
    await sink.end();
    await sink.end();
    expect(worker.inFlight()).toEqual([]);
    push(1, { bytes: 9_000 });
    expect(ring.fits(entry)).toBe(true);
  });
});

describe('while the gate is closed', () => {
  it('a batch is set aside when it has waited flushInterval, and not for its size', async () => {
    const { clock, sink, push } = createWorker();
    sink.isOpen = false;
    push(10);
    await clock.advance(4_999);
    expect(sink.aside).toEqual([]);
    await clock.advance(1);
    expect(sink.aside).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
    expect(sink.delivered).toEqual([]);
  });

  it('batches are set aside early when the ring is half full', async () => {
    const { sink, push } = createWorker({ capacity: 20 });
    sink.isOpen = false;
    sink.limits.entries = 5;
    push(9);
    await settle();
    expect(sink.aside).toEqual([]);
    push();
    await settle();
    expect(sink.aside).toEqual([[1, 2, 3, 4, 5]]);
  });

  it('entries stay in the ring when there is nowhere to put them', async () => {
    const { clock, ring, sink, worker, push } = createWorker();
    Object.assign(sink, { isOpen: false, canSetAside: false });
    push(5);
    await clock.advance(60_000);
    expect(ring.length).toBe(5);
    sink.isOpen = true;
    worker.pump();
    expect(sink.delivered).toEqual([[1, 2, 3, 4, 5]]);
  });
});

describe("a replay's turn", () => {
  it('comes at once while no live entry is due', async () => {
    const { worker, push } = createWorker();
    push(2);
    await expect(worker.replayTurn()).resolves.toBeUndefined();
  });

  it('comes after three live batches while live entries wait: a quarter of the sends', async () => {
    const { sink, worker, push } = createWorker({ batchSize: 1, concurrency: 1, isHeld: true });
    sink.limits.entries = 1;
    push(12);
    await settle();
    const order: string[] = [];
    const replay = async (): Promise<void> => {
      for (;;) {
        await worker.replayTurn();
        order.push(`replay after ${sink.delivered.length}`);
        if (order.length === 3) return;
      }
    };
    const done = replay();
    for (let sent = 0; sent < 12; sent++) await sink.end();
    await done;
    expect(order).toEqual(['replay after 3', 'replay after 6', 'replay after 9']);
  });

  it('comes when the worker is stopped', async () => {
    const { worker, push } = createWorker({ batchSize: 1, concurrency: 1, isHeld: true });
    push(2);
    await settle();
    push(2);
    const turn = worker.replayTurn();
    worker.stop();
    await expect(turn).resolves.toBeUndefined();
  });
});
