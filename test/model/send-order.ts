import type { Item } from './batch-worker-model.ts';

/** Entries that make no issue as they came, then the others by issue key, then by age. */
export function sendOrder(items: readonly Item[]): number[] {
  const rank = ({ issueKey, seq }: Item): string =>
    issueKey === undefined ? '' : `${issueKey}\n${String(seq).padStart(9, '0')}`;
  return items
    .toSorted((a, b) => Number(rank(a) > rank(b)) - Number(rank(a) < rank(b)))
    .map(({ seq }) => seq);
}
