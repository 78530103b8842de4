import { describe, expect, it } from 'vitest';
import { Warnings } from '../src/report/warnings.ts';
import { FakeClock } from './fake-clock.ts';
import { seenWarnings } from './support.ts';

describe('a warning', () => {
  it('is given once per kind and minute, then with how many were held back', async () => {
    const clock = new FakeClock();
    const { warnings, all } = seenWarnings(clock);
    for (const message of ['first', 'second', 'third']) warnings.warn('TRACEHUB_A', message);
    warnings.warn('TRACEHUB_B', 'other');
    await clock.advance(59_999);
    warnings.warn('TRACEHUB_A', 'fourth');
    await clock.advance(1);
    warnings.warn('TRACEHUB_A', 'fifth');
    expect(all).toEqual([
      { code: 'TRACEHUB_A', message: 'first' },
      { code: 'TRACEHUB_B', message: 'other' },
      { code: 'TRACEHUB_A', message: 'fifth (3 more of this kind in between)' },
    ]);
  });

  it('never throws, whatever its listener does', () => {
    const warnings = new Warnings(new FakeClock(), () => {
      throw new Error('no');
    });
    expect(() => warnings.warn('TRACEHUB_A', 'text')).not.toThrow();
  });
});
