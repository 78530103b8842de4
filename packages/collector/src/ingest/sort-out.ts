import type { RejectedEntry } from '@tracehub/core-sender';
import { rowToLine, type Line } from '../store/copy-line.ts';
import { entryToRow } from './entry-to-row.ts';
import { validateEntry } from './validate-entry.ts';

/** A posted batch, parted into the lines to store, each with its place in the batch, and the entries refused. */
export interface SortedOut {
  lines: Line[];
  indexes: number[];
  rejected: RejectedEntry[];
}

/** Largest entry, as it is stored: a message of its own must stay below what RabbitMQ takes (16 MiB). */
const maxLineBytes = 4 * 1024 * 1024;

/** Checks each entry by itself: one that is refused costs nobody else. */
export function sortOut(entries: readonly unknown[], project: number, receivedAt: Date): SortedOut {
  const sorted: SortedOut = { lines: [], indexes: [], rejected: [] };
  const received = receivedAt.toISOString();
  for (const [index, value] of entries.entries()) {
    const checked = validateEntry(value);
    if ('fault' in checked) {
      sorted.rejected.push({ index, ...checked.fault });
      continue;
    }
    const line = rowToLine(entryToRow(checked.entry, project), received);
    // A UTF-16 unit is three bytes at most.
    if (line.text.length * 3 > maxLineBytes && Buffer.byteLength(line.text) > maxLineBytes) {
      sorted.rejected.push({ index, field: '', reason: `the entry is larger than ${maxLineBytes} bytes` });
    } else {
      sorted.lines.push(line);
      sorted.indexes.push(index);
    }
  }
  return sorted;
}
