import type { RefusedRow, RowBatch } from '../store/row-batch.ts';
import type { Queue, StoreGroup } from './queue.ts';
import { takeGroup } from './take-group.ts';

interface Waiting {
  batch: RowBatch;
  resolve: (refused: RefusedRow[]) => void;
  reject: (error: unknown) => void;
}

/**
 * No queue at all, seen from outside: what is published is safe once it is stored, by this process. Batches that
 * arrive while a group is being stored wait for each other and share the next commit.
 */
export class InProcessQueue implements Queue {
  readonly #waiting: Waiting[] = [];
  #store: StoreGroup | undefined;
  #beingStored = 0;
  #working: Promise<void> | undefined;

  async publish(batches: readonly RowBatch[]): Promise<RefusedRow[][]> {
    const answers = batches.map(
      (batch) =>
        new Promise<RefusedRow[]>((resolve, reject) => void this.#waiting.push({ batch, resolve, reject })),
    );
    this.#start();
    return await Promise.all(answers);
  }

  consume(store: StoreGroup): void {
    this.#store = store;
    this.#start();
  }

  async check(): Promise<void> {}

  async depth(): Promise<number> {
    return this.#waiting.length + this.#beingStored;
  }

  /** Resolves when nothing waits any more. */
  async close(): Promise<void> {
    await this.#working;
  }

  #start(): void {
    if (this.#store !== undefined) this.#working ??= this.#work(this.#store);
  }

  async #work(store: StoreGroup): Promise<void> {
    // Batches of the same turn of the event loop belong into the first group too.
    await Promise.resolve();
    for (let group = takeGroup(this.#waiting); group.length > 0; group = takeGroup(this.#waiting)) {
      this.#beingStored = group.length;
      try {
        const refused = await store(group.map(({ batch }) => batch));
        for (const [index, { resolve }] of group.entries()) resolve(refused[index] ?? []);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      this.#beingStored = 0;
    }
    this.#working = undefined;
  }
}
