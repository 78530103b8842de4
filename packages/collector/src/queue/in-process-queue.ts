import type { RefusedRow, RowBatch } from '../store/row-batch.ts';
import { QueueError, type Queue, type StoreGroup } from './queue.ts';
import { takeGroup } from './take-group.ts';

interface Waiting {
  batch: RowBatch;
  resolve: (refused: RefusedRow[]) => void;
  reject: (error: unknown) => void;
}

/** Below what a sender waits for an answer (10 s), so that it hears "later" instead of nothing; ms. */
const longestWait = 8000;

/**
 * No queue at all, seen from outside: what is published is safe once it is stored, by this process. Batches that
 * arrive while a group is being stored wait for each other and share the next commit.
 */
export class InProcessQueue implements Queue {
  readonly #waiting: Waiting[] = [];
  #store: StoreGroup | undefined;
  #beingStored = 0;
  #working: Promise<void> | undefined;
  readonly #longestWait: number;

  constructor(wait: number = longestWait) {
    this.#longestWait = wait;
  }

  /** Rejects with a `QueueError` when it is too long until a batch's turn; one whose turn has come is waited for. */
  async publish(batches: readonly RowBatch[]): Promise<RefusedRow[][]> {
    const mine: Waiting[] = [];
    const answers = batches.map(
      (batch) => new Promise<RefusedRow[]>((resolve, reject) => void mine.push({ batch, resolve, reject })),
    );
    this.#waiting.push(...mine);
    this.#start();
    const timer = setTimeout(() => this.#giveUp(mine), this.#longestWait);
    try {
      return await Promise.all(answers);
    } finally {
      clearTimeout(timer);
    }
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

  #giveUp(waiting: readonly Waiting[]): void {
    for (const one of waiting) {
      const index = this.#waiting.indexOf(one);
      if (index === -1) continue;
      this.#waiting.splice(index, 1);
      one.reject(new QueueError('too many entries are waiting to be stored'));
    }
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
