import { rowToLine } from '../../packages/collector/src/store/copy-line.ts';
import type { LogRow } from '../../packages/collector/src/store/log-row.ts';
import type { LogStore } from '../../packages/collector/src/store/log-store.ts';
import { toBatches, type RefusedRow, type RowBatch } from '../../packages/collector/src/store/row-batch.ts';

/** A row of project 1 that every database takes, an error of issue `f` unless told otherwise. */
export const row = (id: string, fields: Partial<LogRow> = {}): LogRow => ({
  project_id: 1,
  id,
  timestamp: '2026-11-22T10:00:00.000000Z',
  level: 'ERROR',
  message: 'm',
  service: null,
  environment: null,
  host: null,
  pid: null,
  thread_id: null,
  sdk_version: null,
  trace_id: null,
  module: null,
  error_type: null,
  error_message: null,
  stack_trace: null,
  extra: null,
  fingerprint: 'f',
  ...fields,
});

/** What validation would have stopped, put in by hand: a row only the database finds fault with. */
export const bad = (id: string): LogRow => row(id, { message: 'a\0b' });

/** Rows as they come to a worker. */
export function batchesOf(rows: readonly LogRow[]): RowBatch[] {
  const now = new Date().toISOString();
  return toBatches(rows.map((one) => rowToLine(one, now)));
}

/** Stores rows as one group; what is refused is named by its place among all rows. */
export async function storeRows(store: LogStore, rows: readonly LogRow[]): Promise<RefusedRow[]> {
  const batches = batchesOf(rows);
  const { refused } = await store.store(batches);
  let first = 0;
  return batches.flatMap(({ count }, place) => {
    const start = first;
    first += count;
    return (refused[place] ?? []).map(({ index, reason }) => ({ index: start + index, reason }));
  });
}
