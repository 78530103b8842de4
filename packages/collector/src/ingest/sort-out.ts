import type { RejectedEntry } from '@tracehub/core-sender';
import type { LogRow } from '../store/log-row.ts';
import { entryToRow } from './entry-to-row.ts';
import { validateEntry } from './validate-entry.ts';

/** A posted batch, parted into the rows to store, each with its place in the batch, and the entries refused. */
export interface SortedOut {
  rows: LogRow[];
  indexes: number[];
  rejected: RejectedEntry[];
}

/** Checks each entry by itself: one that is refused costs nobody else. */
export function sortOut(entries: readonly unknown[], project: number): SortedOut {
  const sorted: SortedOut = { rows: [], indexes: [], rejected: [] };
  for (const [index, value] of entries.entries()) {
    const checked = validateEntry(value);
    if ('fault' in checked) {
      sorted.rejected.push({ index, ...checked.fault });
    } else {
      sorted.rows.push(entryToRow(checked.entry, project));
      sorted.indexes.push(index);
    }
  }
  return sorted;
}
