import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TailPosition } from '../../packages/collector/src/read/tail/tail-position.ts';

const minute = 60_000;

describe('the position in a tail', () => {
  it('is the groups that were read, in any order', () => {
    const position = TailPosition.at(5, [7, 9], 0);
    expect(String(position)).toBe('5:7-7,9-9');
    position.add(8, 0);
    expect(String(position)).toBe('5:7-9');
    position.add(6, 0);
    expect(String(position)).toBe('9');
  });

  it('gives up a hole once nothing can fill it any more', () => {
    const position = TailPosition.at(5, [7], 0);
    position.add(8, minute - 1);
    expect(String(position)).toBe('5:7-8');
    position.add(9, minute);
    expect(String(position)).toBe('9');
  });

  it('stays short, whatever comes', () => {
    const position = TailPosition.at(0, [], 0);
    for (let n = 1; n <= 10_000; n += 2) position.add(n, 0);
    expect(String(position).length).toBeLessThan(8000);
    expect(TailPosition.parse(String(position), 0)).toBeDefined();
  });

  it.each([
    '',
    'x',
    '-1',
    '5:',
    '5:6-7',
    '5:9-8',
    '5:7-8,9-9',
    '5:9-9,7-7',
    '1'.repeat(16),
    `5:${'7-7,'.repeat(9000)}`,
  ])('is not %s', (text) => expect(TailPosition.parse(text, 0)).toBeUndefined());

  it('leaves out no group and reads none twice, whatever order they commit in and wherever the reader breaks off', () => {
    const groups = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(groups, fc.array(fc.nat(5), { maxLength: 20 }), (order, breaks) => {
        const read: number[] = [];
        let position = TailPosition.at(0, [], 0);
        order.forEach((_, step) => {
          // A reader who comes back sees everything committed by then, and skips what it has.
          if (breaks.includes(step % 6)) position = TailPosition.parse(String(position), 0) as TailPosition;
          for (const group of order.slice(0, step + 1)) {
            if (group <= position.settled || position.has(group)) continue;
            read.push(group);
            position.add(group, 0);
          }
        });
        expect(read.toSorted((a, b) => a - b)).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });
});
