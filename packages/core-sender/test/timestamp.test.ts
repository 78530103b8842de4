import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { MAX_AGE_MS, MAX_AHEAD_MS } from '../src/entry/limits.ts';
import { TimestampMaker, isStorable, timeToMs } from '../src/entry/timestamp.ts';

const NOW = Date.parse('2026-11-22T10:00:00.000Z');

describe('timeToMs', () => {
  it.each<[what: string, time: unknown, ms: number | undefined]>([
    ['epoch ms', 1_700_000_000_123, 1_700_000_000_123],
    ['epoch ms with a fraction', 1_700_000_000_123.9, 1_700_000_000_123],
    ['epoch s', 1_700_000_000, 1_700_000_000_000],
    ['epoch s with a fraction', 1_700_000_000.5, 1_700_000_000_500],
    ['epoch s as a string', '1700000000', 1_700_000_000_000],
    ['epoch ms as a string', '1700000000123', 1_700_000_000_123],
    ['Date', new Date(5), 5],
    ['ISO with zone', '2026-11-22T12:00:00.000+02:00', NOW],
    ['ISO with microseconds', '2026-11-22T10:00:00.123456Z', NOW + 123],
    ['RFC 1123', 'Sun, 22 Nov 2026 10:00:00 GMT', NOW],
    ['NaN', Number.NaN, undefined],
    ['Infinity', Number.POSITIVE_INFINITY, undefined],
    ['invalid Date', new Date(Number.NaN), undefined],
    ['garbage', 'yesterday', undefined],
    ['an empty string', '', undefined],
    ['a boolean', true, undefined],
    ['an object', {}, undefined],
    ['BigInt', 5n, undefined],
    ['undefined', undefined, undefined],
  ])('of %s', (_what, time, ms) => {
    expect(timeToMs(time)).toBe(ms);
  });
});

describe('isStorable', () => {
  it('holds from 31 days ago to a day ahead', () => {
    expect(isStorable(NOW - MAX_AGE_MS, NOW)).toBe(true);
    expect(isStorable(NOW - MAX_AGE_MS - 1, NOW)).toBe(false);
    expect(isStorable(NOW + MAX_AHEAD_MS, NOW)).toBe(true);
    expect(isStorable(NOW + MAX_AHEAD_MS + 1, NOW)).toBe(false);
    expect([MAX_AGE_MS, MAX_AHEAD_MS]).toEqual([31 * 86_400_000, 86_400_000]);
  });
});

describe('TimestampMaker', () => {
  it('writes UTC ISO with six digits', () => {
    expect(new TimestampMaker().make(NOW + 7, NOW)).toEqual({
      text: '2026-11-22T10:00:00.007000Z',
      year: 2026,
    });
  });

  it('orders the entries of one millisecond by the last three digits', () => {
    const maker = new TimestampMaker();
    const digits = Array.from({ length: 3 }, () => maker.make(NOW + 5, NOW).text.slice(-8));
    expect(digits).toEqual(['.005000Z', '.005001Z', '.005002Z'].map((text) => text.slice(-8)));
    expect(maker.make(NOW + 6, NOW).text).toBe('2026-11-22T10:00:00.006000Z');
  });

  it('never moves an entry out of its millisecond', () => {
    const maker = new TimestampMaker();
    const stamps = Array.from({ length: 1_200 }, () => maker.make(NOW, NOW).text);
    expect(stamps[999]).toBe('2026-11-22T10:00:00.000999Z');
    expect(stamps.at(-1)).toBe('2026-11-22T10:00:00.000999Z');
    expect(stamps).toEqual(stamps.toSorted());
  });

  it('keeps the second apart from the next', () => {
    const maker = new TimestampMaker();
    expect(maker.make(NOW + 999, NOW).text).toBe('2026-11-22T10:00:00.999000Z');
    expect(maker.make(NOW + 1_000, NOW).text).toBe('2026-11-22T10:00:01.000000Z');
    expect(maker.make(NOW + 999, NOW).text).toBe('2026-11-22T10:00:00.999000Z');
  });

  it('tells the years at New Year apart, in UTC', () => {
    const newYear = Date.parse('2027-01-01T00:00:00.000Z');
    const maker = new TimestampMaker();
    expect(maker.make(newYear - 1, newYear)).toEqual({ text: '2026-12-31T23:59:59.999000Z', year: 2026 });
    expect(maker.make(newYear, newYear)).toEqual({ text: '2027-01-01T00:00:00.000000Z', year: 2027 });
  });

  it.each<[what: string, time: unknown]>([
    ['too old', NOW - MAX_AGE_MS - 1],
    ['too far ahead', NOW + MAX_AHEAD_MS + 1],
    ['zero', 0],
    ['negative', -5],
    ['year 275760', 8.64e15],
    ['garbage', 'soon'],
    ['not finite', Number.NaN],
    ['of a foreign realm', vm.runInNewContext('new Date(0)')],
  ])('takes now and keeps the original for a time that is %s', (_what, time) => {
    expect(new TimestampMaker().make(time, NOW)).toEqual({
      text: '2026-11-22T10:00:00.000000Z',
      year: 2026,
      original: time,
    });
  });

  it.each([[undefined], [null]])('takes now, with no original, for %s', (time) => {
    expect(new TimestampMaker().make(time, NOW).original).toBeUndefined();
  });

  it.each([
    ['of the second last stamped', '2026-11-22T10:00:00.789Z'],
    ['of another second', '2026-11-22T10:00:01.789Z'],
    ['with a letter for a digit', '2026-11-22T10:00:00.7x9Z'],
    ['with a blank for a digit', '2026-11-22T10:00:00. 89Z'],
    ['with another ending', '2026-11-22T10:00:00.789z'],
    ['with an offset', '2026-11-22T10:00:00+01:0'],
    ['with a second fraction', '2026-11-22T10:00:00.7.9Z'],
  ])('reads a text %s as it would without knowing that second', (_, time) => {
    const knowing = new TimestampMaker();
    knowing.make('2026-11-22T10:00:00.123Z', NOW);
    expect(knowing.make(time, NOW)).toEqual(new TimestampMaker().make(time, NOW));
  });
});
