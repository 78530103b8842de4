import { describe, expect, it } from 'vitest';
import { createWorker } from './batch-worker-kit.ts';
import { FakeClock, settle } from './fake-clock.ts';

/** A clock that moves on by itself between two of its readings, as real ones do. */
class MovingClock extends FakeClock {
  #offset = 0;
  #readings = Number.POSITIVE_INFINITY;
  #ms = 0;

  /** After this many more readings it is `ms` later. */
  moveAfter(readings: number, ms: number): void {
    this.#readings = readings;
    this.#ms = ms;
  }

  override now(): number {
    if (this.#readings-- === 0) this.#offset += this.#ms;
    return super.now() + this.#offset;
  }
}

describe('an entry that waits', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'always has a timer, or is sent: it becomes due after %i readings of the clock',
    async (readings) => {
      const clock = new MovingClock();
      const { ring, sink, worker, push } = createWorker({ batchSize: 100, clock });
      push(2);
      await clock.advance(4_999);
      clock.moveAfter(readings, 1);
      worker.pump();
      expect(ring.length === 0 || clock.pending === 1).toBe(true);
      await clock.advance(1);
      expect(sink.delivered).toEqual([[1, 2]]);
      expect(clock.pending).toBe(0);
    },
  );

  it.each([0, 1, 2])(
    'always has a timer when it becomes due inside its log call: after %i readings',
    async (readings) => {
      const clock = new MovingClock();
      const { sink, push } = createWorker({ batchSize: 100, clock });
      const acceptedAt = clock.now();
      clock.moveAfter(readings, 5_000);
      push(1, { acceptedAt });
      await settle();
      await clock.advance(1);
      expect(sink.delivered).toEqual([[1]]);
    },
  );

  it('has one timer only, however many are pushed', () => {
    const { clock, push } = createWorker({ batchSize: 100 });
    push(50);
    expect([clock.pending, clock.untilNext]).toEqual([1, 5_000]);
  });

  it('has no timer while a slot, the gate or the disk will wake it', async () => {
    const slots = createWorker({ batchSize: 1, concurrency: 1, isHeld: true });
    slots.push(1);
    await settle();
    slots.push(1);
    await slots.clock.advance(60_000);
    expect(slots.clock.pending).toBe(0);
    await slots.sink.end();
    expect(slots.sink.delivered).toEqual([[1], [2]]);

    const disk = createWorker({ batchSize: 1 });
    disk.sink.readyUpTo = 0;
    disk.push(1);
    await disk.clock.advance(60_000);
    expect([disk.clock.pending, disk.sink.delivered]).toEqual([0, []]);
    disk.sink.readyUpTo = 1;
    disk.worker.pump();
    expect(disk.sink.delivered).toEqual([[1]]);
  });
});
