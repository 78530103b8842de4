import fc from 'fast-check';
import { seed, size } from '../crash/kit/size.ts';

/**
 * Runs a property over as many histories as the lane's size asks for, `examples` first: the histories that once showed
 * a bug. Rejects with the seed, the path and the shortest history that fails, as far as the time allows to look for it.
 */
export async function runHistories<T>(
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  histories: { ci: number; full: number },
  examples: T[] = [],
): Promise<void> {
  await fc.assert(property, {
    seed,
    examples,
    numRuns: size(histories.ci, histories.full),
    interruptAfterTimeLimit: size(60_000, 1_800_000),
  });
}
