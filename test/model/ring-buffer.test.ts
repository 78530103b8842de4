import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RingBuffer } from '../../packages/core-sender/src/buffer/ring-buffer.ts';
import type { EncodedEntry } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import { seed } from '../crash/kit/size.ts';
import { entryWith } from '../kit/encoded-entries.ts';
import { runHistories } from './run-histories.ts';

/** What the ring is, said plainly: a list, and a sum of bytes that are out. */
interface Model {
  capacity: number;
  maxBytes: number;
  list: EncodedEntry[];
  /** Taken and not released. */
  out: EncodedEntry[];
  nextSeq: number;
}

type RingCommand = fc.Command<Model, RingBuffer>;

const sum = (entries: readonly EncodedEntry[]): number => entries.reduce((all, { bytes }) => all + bytes, 0);

function modelFits({ list, out, capacity, maxBytes }: Model, bytes: number): boolean {
  return list.length === 0 || (list.length < capacity && sum(list) + sum(out) + bytes <= maxBytes);
}

function expectSame(model: Model, ring: RingBuffer): void {
  const { list, out, capacity, maxBytes } = model;
  expect(ring.length).toBe(list.length);
  expect(ring.bytes).toBe(sum(list));
  expect(ring.peek()?.seq).toBe(list[0]?.seq);
  expect(ring.isUnderPressure).toBe(list.length * 2 >= capacity || (sum(list) + sum(out)) * 2 >= maxBytes);
  // Alone in the ring an entry may be of any size; else the caps hold.
  if (list.length > 1) expect(ring.bytes).toBeLessThanOrEqual(maxBytes);
  expect(ring.length).toBeLessThanOrEqual(capacity);
}

function drain(ring: RingBuffer): number[] {
  const all: number[] = [];
  for (let entry = ring.shift(); entry; entry = ring.shift()) all.push(entry.seq);
  return all;
}

const always = (): boolean => true;

function push(bytes: number): RingCommand {
  return {
    check: always,
    run(model, ring) {
      const entry = entryWith({ seq: model.nextSeq++, bytes });
      expect(ring.fits(entry)).toBe(modelFits(model, bytes));
      while (!ring.fits(entry)) expect(ring.shift()).toEqual(model.list.shift());
      ring.push(entry);
      model.list.push(entry);
      expectSame(model, ring);
    },
    toString: () => `push(${bytes})`,
  };
}

const shift: RingCommand = {
  check: always,
  run(model, ring) {
    expect(ring.shift()).toEqual(model.list.shift());
    expectSame(model, ring);
  },
  toString: () => 'shift',
};

/** What a batch does: entries leave the ring and stay in memory. */
function take(count: number): RingCommand {
  return {
    check: ({ list }) => list.length > 0,
    run(model, ring) {
      for (const expected of model.list.splice(0, count)) {
        expect(ring.shift()).toEqual(expected);
        ring.hold([expected]);
        model.out.push(expected);
      }
      expectSame(model, ring);
    },
    toString: () => `take(${count})`,
  };
}

function release(count: number): RingCommand {
  return {
    check: ({ out }) => out.length > 0,
    run(model, ring) {
      ring.release(model.out.splice(0, count));
      expectSame(model, ring);
    },
    toString: () => `release(${count})`,
  };
}

/** What a batch does that can go nowhere: it is put back, and no longer counts as held. */
function putBack(count: number): RingCommand {
  return {
    check: ({ out }) => out.length > 0,
    run(model, ring) {
      const back = model.out.slice(0, count);
      const left = ring.putBack(back);
      model.out.splice(0, count);
      const expectedLeft = [...back];
      for (let last = expectedLeft.at(-1); last && modelFits(model, last.bytes); last = expectedLeft.at(-1)) {
        model.list.unshift(expectedLeft.pop()!);
      }
      expect(left).toEqual(expectedLeft);
      // The batch's own end releases it once more, without effect.
      ring.release(back);
      expectSame(model, ring);
    },
    toString: () => `putBack(${count})`,
  };
}

it(`the ring does what a plain list does, under any sequence of commands (seed ${seed})`, async () => {
  const some = fc.integer({ min: 1, max: 5 });
  const commands = fc.commands(
    [
      fc.integer({ min: 1, max: 60 }).map(push),
      fc.integer({ min: 1, max: 60 }).map(push),
      fc.constant(shift),
      some.map(take),
      some.map(release),
      some.map(putBack),
    ],
    { maxCommands: 100 },
  );
  const property = fc.property(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 20, max: 300 }),
    commands,
    (capacity, maxBytes, all) => {
      const model: Model = { capacity, maxBytes, list: [], out: [], nextSeq: 1 };
      const real = new RingBuffer(capacity, maxBytes);
      fc.modelRun(() => ({ model, real }), all);
      expect(drain(real)).toEqual(model.list.map(({ seq }) => seq));
    },
  );
  await expect(runHistories(property, { ci: 1_500, full: 100_000 })).resolves.toBeUndefined();
});
