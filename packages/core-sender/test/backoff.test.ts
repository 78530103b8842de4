import { describe, expect, it } from 'vitest';
import { RetryBudget, backoffMs, retryAfterToMs } from '../src/send/backoff.ts';

const NOW = Date.parse('2026-11-22T10:00:00.000Z');
const HOUR = 3_600_000;

describe('backoffMs', () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [6, 16_000],
    [7, 30_000],
    [8, 30_000],
    [1_000_000, 30_000],
  ])('after %i failures lies anywhere below %i ms', (failures, bound) => {
    expect(backoffMs(failures, () => 0)).toBe(0);
    expect(backoffMs(failures, () => 0.5)).toBe(bound / 2);
    expect(backoffMs(failures, () => 1 - Number.EPSILON)).toBe(bound - 1);
  });

  it.each([
    [1, 200, 500],
    [1, 10_000, 10_000],
    [6, 10_000, 16_000],
    [1, 60_000, 30_000],
  ])('after %i failures, on top of %i ms asked for, lies anywhere below %i ms', (failures, asked, bound) => {
    expect(backoffMs(failures, () => 0, asked)).toBe(0);
    expect(backoffMs(failures, () => 1 - Number.EPSILON, asked)).toBe(bound - 1);
  });
});

describe('retryAfterToMs', () => {
  it.each<[header: string | undefined, ms: number | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['1.5', 1_500],
    ['3600', HOUR],
    ['3601', HOUR],
    [String(10 * 365 * 86_400), HOUR],
    ['9'.repeat(400), HOUR],
    ['Sun, 22 Nov 2026 10:00:07 GMT', 7_000],
    ['Sun, 22 Nov 2026 10:00:00 GMT', undefined],
    ['Sun, 22 Nov 2026 09:59:00 GMT', undefined],
    ['Wed, 22 Nov 2036 10:00:00 GMT', HOUR],
    ['soon', undefined],
    ['12 parsecs please', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['2026-11-22', undefined],
  ])('of %j is %j', (header, ms) => {
    expect(retryAfterToMs(header, NOW)).toBe(ms);
  });
});

describe('the retry budget', () => {
  it('lets ten retries through at first', () => {
    const budget = new RetryBudget();
    expect(Array.from({ length: 12 }, () => budget.spend()).filter(Boolean)).toHaveLength(10);
  });

  it('lets through a tenth of the batches after that', () => {
    const budget = new RetryBudget();
    let retries = 0;
    for (let batch = 0; batch < 1_000; batch++) {
      budget.earn();
      while (budget.spend()) retries++;
    }
    expect(retries).toBeLessThanOrEqual(110);
    expect(retries).toBeGreaterThanOrEqual(108);
  });

  it('saves up no more than ten', () => {
    const budget = new RetryBudget();
    for (let batch = 0; batch < 10_000; batch++) budget.earn();
    expect(Array.from({ length: 50 }, () => budget.spend()).filter(Boolean)).toHaveLength(10);
  });
});
