import type { LogRow } from './log-row.ts';
import type { LogStore, RefusedRow } from './log-store.ts';

interface Submission {
  rows: readonly LogRow[];
  bytes: number;
  resolve: (refused: RefusedRow[]) => void;
  reject: (error: unknown) => void;
}

/** Bodies that may wait for the database before senders are asked to come back later. */
const maxWaitingBytes = 128 * 1024 * 1024;

/** So much waits for the database that nothing more is taken in for the moment. */
export class WriterFullError extends Error {
  override readonly name = 'WriterFullError';
}

/** Rows stored together: small batches that arrive while one is being stored share the next commit. */
const rowsPerGroup = 2000;

/**
 * The one writer of a process. Batches wait in a queue and are answered after their commit; a group is
 * what had gathered while the one before was being stored.
 */
export class LogWriter {
  readonly #store: LogStore;
  #waiting: Submission[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Resolves after the commit, with the rows the database refused. `bytes` is what the batch takes in memory. */
  write(rows: readonly LogRow[], bytes: number): Promise<RefusedRow[]> {
    if (this.#waitingBytes + bytes > maxWaitingBytes) {
      return Promise.reject(new WriterFullError('too many entries are waiting to be stored'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#working ??= this.#work();
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    // Batches of the same turn of the event loop belong into the first group too.
    await Promise.resolve();
    for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup()) {
      try {
        const refused = await this.#store.store(group.flatMap((submission) => submission.rows));
        answer(group, refused);
      } catch (error) {
        for (const submission of group) submission.reject(error);
      }
      for (const submission of group) this.#waitingBytes -= submission.bytes;
    }
    this.#working = undefined;
  }

  #nextGroup(): Submission[] {
    let rows = 0;
    let count = 0;
    for (const submission of this.#waiting) {
      if (count > 0 && rows + submission.rows.length > rowsPerGroup) break;
      rows += submission.rows.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}

function answer(group: readonly Submission[], refused: readonly RefusedRow[]): void {
  let start = 0;
  for (const { rows, resolve } of group) {
    const end = start + rows.length;
    resolve(
      refused
        .filter(({ index }) => index >= start && index < end)
        .map(({ index, reason }) => ({ index: index - start, reason })),
    );
    start = end;
  }
}
