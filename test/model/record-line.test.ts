import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { cross, usual } from '../../packages/core-sender/test/crossing.ts';
import { seed } from '../crash/kit/size.ts';
import { afterTest } from '../kit/after-test.ts';
import { runHistories } from './run-histories.ts';

const value = fc.anything({
  stringUnit: 'binary',
  maxDepth: 4,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  withNullPrototype: true,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
});
const key = fc.constantFrom('a', 'b', 'c', 'err', 'error', 'extra', 'exc_info');
/** In a column the thread that logs would tell a Date from its text, a worker cannot. */
const text = fc.constantFrom(
  'module',
  'name',
  'trace_id',
  'hostname',
  'thread_id',
  'error_message',
  'stack_trace',
);
const fields = fc
  .tuple(fc.dictionary(key, value), fc.dictionary(text, fc.string({ unit: 'binary' })))
  .map(([some, named]) => ({ ...some, ...named }));
const level = fc.constantFrom('INFO' as const, 'ERROR' as const);

it(`whatever is logged makes the same entry in a worker as on the thread that logs (seed ${seed})`, async () => {
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now);
  afterTest(() => void vi.restoreAllMocks());
  const property = fc.property(fields, level, (given, of) => {
    const { here, there } = cross(() => usual(given, of));
    expect(there).toEqual(here);
  });
  await runHistories(property, { ci: 3_000, full: 1_000_000 });
});
