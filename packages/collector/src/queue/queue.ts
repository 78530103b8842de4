import type { RefusedRow, RowBatch } from '../store/row-batch.ts';

/** Stores a group of batches; per batch, the rows the database refused. */
export type StoreGroup = (group: readonly RowBatch[]) => Promise<RefusedRow[][]>;

/** What lies between taking entries in and storing them. */
export interface Queue {
  /**
   * Resolves once every batch is safe: stored, or confirmed by a broker that has it on disk. Per batch, the rows
   * the database refused, as far as that is known by then. Rejects with a `QueueError` when a batch may not be safe.
   */
  publish(batches: readonly RowBatch[]): Promise<RefusedRow[][]>;
  /**
   * Hands what is published to `store`, in groups, until the queue is closed. A batch leaves the queue when `store`
   * resolves; when it rejects, the batch is given again, or back to who published it.
   */
  consume(store: StoreGroup): void;
  /** Rejects when a batch could not be published now. */
  check(): Promise<void>;
  /** Batches that wait or are being stored, of all processes. */
  depth(): Promise<number>;
  /** Finishes what is being stored and, if nothing else keeps them, what waits. */
  close(): Promise<void>;
}

/** A batch was not taken, or nobody knows whether it was; the same may be tried again. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}
