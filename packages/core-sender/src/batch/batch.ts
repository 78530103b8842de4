import type { EncodedEntry } from '../entry/encoded-entry.ts';

/** What one request may take. `bytes` shrinks when a server answers 413. */
export interface BatchLimits {
  entries: number;
  bytes: number;
}

/** Whether `entry` may join a batch that ends in `last` and already has these sums. */
export function canJoin(
  entry: EncodedEntry,
  last: EncodedEntry | undefined,
  count: number,
  bytes: number,
  limits: BatchLimits,
): boolean {
  if (last === undefined) return true;
  // One for the comma. A batch of two UTC years could straddle the end of the server's partitions (contract.md 4).
  return count < limits.entries && bytes + entry.bytes + 1 <= limits.bytes && entry.year === last.year;
}

/**
 * The order of the entries inside a request: those that make no issue as they came, then ERROR and FATAL by issue
 * key. Batches that hold the same issues in different order deadlock the real worker (contract.md 5).
 */
export function inSendOrder(entries: readonly EncodedEntry[]): EncodedEntry[] {
  const plain = entries.filter((entry) => entry.issueKey === undefined);
  if (plain.length === entries.length) return plain;
  const issues = entries.filter((entry) => entry.issueKey !== undefined);
  return [...plain, ...issues.toSorted(byIssueKey)];
}

function byIssueKey(a: EncodedEntry, b: EncodedEntry): number {
  const [left, right] = [a.issueKey ?? '', b.issueKey ?? ''];
  // Code-unit order: the same in every process, whatever its locale.
  if (left !== right) return left < right ? -1 : 1;
  return a.seq - b.seq;
}
