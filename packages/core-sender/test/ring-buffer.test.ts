import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { entryWith } from '../../../test/kit/encoded-entries.ts';
import { RingBuffer } from '../src/buffer/ring-buffer.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';

function entry(seq: number, bytes = 10): EncodedEntry {
  return entryWith({ seq, bytes });
}

/** Of buffers and columns of numbers that are still in use. */
function memoryOfArrays(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  // The first frees them only when it is over.
  for (let time = 0; time < 3; time++) collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

function drain(ring: RingBuffer): number[] {
  const all: number[] = [];
  for (let next = ring.shift(); next; next = ring.shift()) all.push(next.seq);
  return all;
}

describe('the ring', () => {
  it('gives entries back in order, around its end many times', () => {
    const ring = new RingBuffer(3, 1_000);
    const given: (number | undefined)[] = [];
    for (let seq = 1; seq <= 20; seq++) {
      ring.push(entry(seq));
      if (ring.length === 3) given.push(ring.shift()?.seq);
    }
    expect(given).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
    expect(drain(ring)).toEqual([19, 20]);
    expect(ring.shift()).toBeUndefined();
    expect(ring.peek()).toBeUndefined();
  });

  it('grows with what waits, from any place around its end, and says of each entry what was said of it', () => {
    const ring = new RingBuffer(10_000, 1e9);
    const numbered = (seq: number): EncodedEntry =>
      entryWith({
        seq,
        json: `{"n":${seq}}`,
        issueKey: seq % 7 === 0 ? `key ${seq}` : undefined,
        year: 2000 + (seq % 3),
        acceptedAt: seq / 2,
      });
    let pushed = 0;
    let taken = 0;
    for (const [more, fewer] of [
      [700, 600],
      [900, 10],
      [5_000, 0],
      [0, 5_990],
      [3_000, 2_999],
    ] as const) {
      for (let count = 0; count < more; count++) ring.push(numbered(++pushed));
      for (let count = 0; count < fewer; count++) {
        expect(ring.shift()).toEqual(numbered(++taken));
      }
    }
    expect(drain(ring)).toEqual([pushed]);
    expect(ring.bytes).toBe(0);
  });

  it('does what a list does, however far it reaches over the ends of its blocks', () => {
    const ring = new RingBuffer(1e6, 1e9);
    const list: number[] = [];
    let pushed = 0;
    // Steps that fall on, before and behind the end of a block of 1,024 slots, again and again.
    for (let step = 0; step < 400; step++) {
      const more = (step * 389) % 1_100;
      for (let count = 0; count < more; count++) {
        list.push(++pushed);
        ring.push(entry(pushed));
      }
      const fewer = Math.min((step * 607) % 1_300, list.length);
      const taken = Array.from({ length: fewer }, () => ring.shift()!);
      expect(taken.map(({ seq }) => seq)).toEqual(list.splice(0, fewer));
      const back = taken.slice((step * 211) % 1_500);
      expect(ring.putBack(back)).toEqual([]);
      list.unshift(...back.map(({ seq }) => seq));
      expect([ring.length, ring.bytes, ring.peek()?.seq]).toEqual([list.length, list.length * 10, list[0]]);
    }
    expect(drain(ring)).toEqual(list);
  });

  it('keeps no memory for what has left it, whichever way it came', () => {
    const ring = new RingBuffer(100_000, 1e9);
    const fill = (): void => {
      for (let seq = 1; seq <= 20_000; seq++) ring.push(entry(seq));
      for (let count = 0; count < 3_000; count++) ring.putBack([ring.shift()!]);
      drain(ring);
      for (let count = 0; count < 3_000; count++) {
        ring.push(entry(count));
        ring.putBack([ring.shift()!]);
        ring.shift();
      }
    };
    fill();
    const before = memoryOfArrays();
    fill();
    // Of 20,000 entries the columns alone take 560 KB.
    expect(memoryOfArrays() - before).toBeLessThan(100_000);
    expect(ring.length).toBe(0);
  });

  it('gives back the same object where others hold it too', () => {
    const ring = new RingBuffer(10, 1_000, true);
    const shared = entry(1);
    ring.push(shared);
    expect(ring.shift()).toBe(shared);
  });

  it('is full at its capacity in entries', () => {
    const ring = new RingBuffer(2, 1_000);
    ring.push(entry(1));
    expect(ring.fits(entry(2))).toBe(true);
    ring.push(entry(2));
    expect(ring.fits(entry(3))).toBe(false);
    expect([ring.length, ring.bytes]).toEqual([2, 20]);
  });

  it('is full at its capacity in bytes, those in flight included', () => {
    const ring = new RingBuffer(10, 100);
    ring.push(entry(1, 60));
    expect(ring.fits(entry(2, 40))).toBe(true);
    expect(ring.fits(entry(2, 41))).toBe(false);
    const held = [entry(3, 30)];
    ring.hold(held);
    expect(ring.fits(entry(2, 11))).toBe(false);
    ring.release(held);
    expect(ring.fits(entry(2, 40))).toBe(true);
  });

  it('takes any one entry when empty', () => {
    const ring = new RingBuffer(1, 100);
    ring.hold([entry(2, 100)]);
    expect(ring.fits(entry(1, 5_000))).toBe(true);
  });

  it('is under pressure from half of either capacity on', () => {
    const ring = new RingBuffer(4, 100);
    expect(ring.isUnderPressure).toBe(false);
    ring.push(entry(1, 1));
    expect(ring.isUnderPressure).toBe(false);
    ring.push(entry(2, 1));
    expect(ring.isUnderPressure).toBe(true);
    ring.shift();
    const held = [entry(3, 48), entry(4, 1)];
    ring.hold(held);
    expect(ring.isUnderPressure).toBe(true);
    ring.release(held.slice(1));
    expect(ring.isUnderPressure).toBe(false);
  });
});

describe('entries put back', () => {
  it('come first again, in their order', () => {
    const ring = new RingBuffer(5, 1_000);
    for (let seq = 1; seq <= 4; seq++) ring.push(entry(seq));
    const taken = [ring.shift()!, ring.shift()!];
    ring.push(entry(5));
    expect(ring.putBack(taken)).toEqual([]);
    expect(drain(ring)).toEqual([1, 2, 3, 4, 5]);
  });

  it('are no longer counted as in flight as well, whatever is released later', () => {
    const ring = new RingBuffer(5, 100);
    const inFlight = [entry(1, 60)];
    ring.hold(inFlight);
    expect(ring.putBack(inFlight)).toEqual([]);
    expect(ring.fits(entry(2, 40))).toBe(true);
    expect(ring.fits(entry(2, 41))).toBe(false);
    ring.release(inFlight);
    expect(ring.fits(entry(2, 41))).toBe(false);
  });

  it('that do not fit are the oldest, and are given back', () => {
    const ring = new RingBuffer(3, 1_000);
    ring.push(entry(4));
    const left = ring.putBack([entry(1), entry(2), entry(3)]);
    expect(left.map(({ seq }) => seq)).toEqual([1]);
    expect(drain(ring)).toEqual([2, 3, 4]);
  });
});
