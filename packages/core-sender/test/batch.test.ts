import { describe, expect, it } from 'vitest';
import { entryWith } from '../../../test/kit/encoded-entries.ts';
import { canJoin, inSendOrder } from '../src/batch/batch.ts';
import { encodedEntry } from './support.ts';

const entry = entryWith({ seq: 2, bytes: 100 });
const last = entryWith({ seq: 1 });

describe('canJoin', () => {
  it('lets any entry be the first', () => {
    expect(canJoin(entryWith({ bytes: 1e9 }), undefined, 0, 0, { entries: 1, bytes: 1 })).toBe(true);
  });

  it('holds the limit of entries', () => {
    expect(canJoin(entry, last, 9, 0, { entries: 10, bytes: 1e6 })).toBe(true);
    expect(canJoin(entry, last, 10, 0, { entries: 10, bytes: 1e6 })).toBe(false);
  });

  it('holds the limit of bytes, the comma included', () => {
    expect(canJoin(entry, last, 1, 99, { entries: 10, bytes: 200 })).toBe(true);
    expect(canJoin(entry, last, 1, 100, { entries: 10, bytes: 200 })).toBe(false);
  });

  it('never mixes two years', () => {
    expect(canJoin(entry, entryWith({ year: 2025 }), 1, 0, { entries: 10, bytes: 1e6 })).toBe(false);
  });
});

describe('inSendOrder', () => {
  it('leaves entries that make no issue in their order', () => {
    const entries = [3, 1, 2].map((seq) => encodedEntry(seq));
    expect(inSendOrder(entries).map(({ seq }) => seq)).toEqual([3, 1, 2]);
  });

  it('puts issues last, by key in code-unit order, then by sequence', () => {
    const keys: Record<number, string | undefined> = {
      1: 'é',
      2: undefined,
      3: 'b',
      4: 'Z',
      5: 'a',
      6: undefined,
      7: 'b',
    };
    const entries = [7, 1, 2, 3, 4, 5, 6].map((seq) => {
      const issueKey = keys[seq];
      return encodedEntry(seq, issueKey === undefined ? {} : { issueKey });
    });
    expect(inSendOrder(entries).map(({ seq }) => seq)).toEqual([2, 6, 4, 5, 3, 7, 1]);
  });

  it('gives the same order whatever order they come in', () => {
    const entries = ['c', 'a', 'b', 'a'].map((issueKey, index) => encodedEntry(index + 1, { issueKey }));
    const orders = [entries, entries.toReversed()].map((given) => inSendOrder(given).map(({ seq }) => seq));
    expect(orders).toEqual([
      [2, 4, 3, 1],
      [2, 4, 3, 1],
    ]);
  });
});
