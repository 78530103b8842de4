import { setTimeout } from 'node:timers/promises';
import type { Metrics } from '../metrics.ts';
import type { StoreGroup } from '../queue/queue.ts';
import type { LogStore, StoreResult } from '../store/log-store.ts';
import { judge } from '../store/sqlstate.ts';
import type { Warnings } from '../warnings.ts';

/** How a worker deals with a database that cannot store at the moment. */
export interface WorkerSettings {
  /**
   * Whether to wait for a database that is down. With a queue outside, yes: the batch is safe and nobody waits for
   * it. Without one the sender is told at once, since it keeps the batch.
   */
  waitsForDatabase: boolean;
  warnings: Warnings;
  /** Ends all waiting; what was waited for then counts as not stored. */
  signal: AbortSignal;
}

/** Times a conflict with another transaction is tried again before it counts as an outage. */
const maxConflicts = 10;

/** Longest wait between two attempts; ms. */
const maxDelay = 5000;

/** Storing with patience: what to hand to `Queue.consume`. */
export function createWorker(
  store: Pick<LogStore, 'store'>,
  metrics: Metrics,
  settings: WorkerSettings,
): StoreGroup {
  return async (group) => {
    for (let attempt = 1; ; attempt += 1) {
      settings.signal.throwIfAborted();
      const timer = metrics.storeSeconds.startTimer();
      try {
        const result = await store.store(group);
        timer();
        count(
          result,
          group.reduce((sum, batch) => sum + batch.count, 0),
        );
        return result.refused;
      } catch (error) {
        const verdict = judge(error);
        if (!(verdict === 'conflict' && attempt <= maxConflicts)) {
          if (!settings.waitsForDatabase) throw error;
          settings.warnings.say('database', `the database does not store: ${(error as Error).message}`);
          if (verdict === 'unknown') throw error;
        }
        await wait(verdict === 'conflict' ? 50 : 200 * 2 ** Math.min(attempt, 10));
      }
    }
  };

  async function wait(delay: number): Promise<void> {
    const jittered = Math.min(delay, maxDelay) * (0.5 + Math.random() / 2);
    await setTimeout(jittered, undefined, { signal: settings.signal });
  }

  function count({ stored, reportedDropped, refused }: StoreResult, rows: number): void {
    const refusedRows = refused.reduce((sum, rowsOfBatch) => sum + rowsOfBatch.length, 0);
    metrics.stored.inc(stored);
    metrics.reportedDropped.inc(reportedDropped);
    metrics.refused.inc(refusedRows);
    metrics.duplicates.inc(rows - stored - refusedRows);
    if (refusedRows > 0 && settings.waitsForDatabase) {
      settings.warnings.say(
        'refused',
        `the database refused ${refusedRows} entries; they are in refused_entries`,
      );
    }
  }
}
