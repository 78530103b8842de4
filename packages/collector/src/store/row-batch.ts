import { rowToLine } from './copy-line.ts';
import type { LogRow } from './log-row.ts';
import { monthOf } from './partitions.ts';

/** Rows on their way into the database. */
export interface RowBatch {
  /** One line of COPY per row, see `copy-line.ts`. */
  lines: Buffer;
  count: number;
  /** The months its entries lie in (`2026-11`), whose partitions must be there. */
  months: readonly string[];
}

/** A row the database refused although it was valid by our rules. */
export interface RefusedRow {
  /** Position in its batch, from 0. */
  index: number;
  reason: string;
}

/** Most rows and bytes of one batch: small beside what a broker takes as one message (16 MiB), one row excepted. */
const batchLimits = { rows: 1000, bytes: 1024 * 1024 };

/** Rows as batches within the limits, in their order. */
export function toBatches(rows: readonly LogRow[], receivedAt: Date): RowBatch[] {
  const batches: RowBatch[] = [];
  const received = receivedAt.toISOString();
  let lines: string[] = [];
  let length = 0;
  let months = new Set<string>();

  function finish(): void {
    if (lines.length === 0) return;
    batches.push({ lines: Buffer.from(lines.join('')), count: lines.length, months: [...months].sort() });
    lines = [];
    length = 0;
    months = new Set();
  }

  for (const row of rows) {
    const line = rowToLine(row, received);
    if (lines.length === batchLimits.rows || length + line.length > batchLimits.bytes) finish();
    lines.push(line);
    length += line.length;
    months.add(monthOf(row.timestamp));
  }
  finish();
  return batches;
}
