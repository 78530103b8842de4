import { describe, expect, it } from 'vitest';
import { toRatios, toSpread } from './stats.mjs';

describe('toSpread', () => {
  it('gives the value in the middle, and between two the half-way', () => {
    expect(toSpread([9, 1, 5])).toEqual({ median: 5, low: 3, high: 7, least: 1, rounds: 3 });
    expect(toSpread([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1.75, high: 3.25, least: 1, rounds: 4 });
  });

  it('is not moved by one round that went wrong', () => {
    expect(toSpread([10, 11, 12, 13, 1_000])).toMatchObject({ median: 12, low: 11, high: 13 });
  });

  it('sorts as numbers and leaves what it was given alone', () => {
    const values = [100, 20, 3];
    expect(toSpread(values)?.median).toBe(20);
    expect(values).toEqual([100, 20, 3]);
  });

  it('has nothing to say about no values', () => {
    expect(toSpread([])).toBeUndefined();
  });
});

describe('toRatios', () => {
  it('pairs the values of one round, and leaves out rounds that miss one', () => {
    const ours = new Map([
      [1, 10],
      [2, 40],
      [3, 90],
    ]);
    const limit = new Map([
      [2, 20],
      [3, 30],
      [4, 40],
    ]);
    expect(toRatios(ours, limit)).toEqual([2, 3]);
  });

  it('does not divide by nothing', () => {
    expect(toRatios(new Map([[1, 5]]), new Map([[1, 0]]))).toEqual([]);
  });
});
