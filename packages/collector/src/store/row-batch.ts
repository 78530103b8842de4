import type { Line } from './copy-line.ts';

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

/** Lines as batches within the limits, in their order. */
export function toBatches(lines: readonly Line[]): RowBatch[] {
  const batches: RowBatch[] = [];
  let texts: string[] = [];
  let length = 0;
  let months = new Set<string>();

  function finish(): void {
    if (texts.length === 0) return;
    batches.push({ lines: Buffer.from(texts.join('')), count: texts.length, months: [...months].sort() });
    texts = [];
    length = 0;
    months = new Set();
  }

  for (const { text, month } of lines) {
    if (texts.length === batchLimits.rows || length + text.length > batchLimits.bytes) finish();
    texts.push(text);
    length += text.length;
    months.add(month);
  }
  finish();
  return batches;
}
