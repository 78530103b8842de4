import { describe, expect, it } from 'vitest';
import { entryWith } from '../../../test/kit/encoded-entries.ts';
import { RingBuffer } from '../src/buffer/ring-buffer.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';

function entry(seq: number, bytes = 10): EncodedEntry {
  return entryWith({ seq, bytes });
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
