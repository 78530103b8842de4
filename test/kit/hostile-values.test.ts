import { describe, expect, it } from 'vitest';
import { hostileRecords, hostileValues } from './hostile-values.ts';

const all = [...hostileValues, ...hostileRecords];

describe('the hostile values', () => {
  it('are at least 150, under names of their own', () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all)('$name can be made: it is logging it that is hard', ({ make }) => {
    expect(() => void make(() => {})).not.toThrow();
  });
});
