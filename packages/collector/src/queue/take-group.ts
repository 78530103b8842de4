import type { RowBatch } from '../store/row-batch.ts';

/** What is stored in one transaction: enough to make its fixed cost small, few enough not to hold up the others. */
const groupLimits = { rows: 1000, bytes: 8 * 1024 * 1024 };

/** Takes from the front what is stored together: small batches that wait share a commit. At least one, if there is any. */
export function takeGroup<T extends { batch: RowBatch }>(waiting: T[]): T[] {
  let rows = 0;
  let bytes = 0;
  let taken = 0;
  for (const { batch } of waiting) {
    rows += batch.count;
    bytes += batch.lines.length;
    if (taken > 0 && (rows > groupLimits.rows || bytes > groupLimits.bytes)) break;
    taken += 1;
  }
  return waiting.splice(0, taken);
}
