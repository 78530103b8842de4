import { logsChannel, type Database } from '../../store/database.ts';

/** Told of each group of entries that was stored; `undefined` when some may have been missed. */
export type OnGroup = (group: number | undefined) => void;

/** Passes on what the database announces, over one subscription for all readers, which lasts as long as there are any. */
export class TailFeed {
  readonly #database: Pick<Database, 'listen'>;
  readonly #readers = new Set<OnGroup>();
  #subscription: Promise<() => Promise<void>> | undefined;

  constructor(database: Pick<Database, 'listen'>) {
    this.#database = database;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Resolves, once every later group will be passed on, with the function that ends it. */
  async join(onGroup: OnGroup): Promise<() => Promise<void>> {
    this.#readers.add(onGroup);
    this.#subscription ??= this.#database.listen(logsChannel, (payload) => {
      const group = /^\d{1,15}$/.test(payload) ? Number(payload) : undefined;
      for (const reader of this.#readers) reader(group);
    });
    try {
      await this.#subscription;
    } catch (error) {
      await this.#leave(onGroup);
      throw error;
    }
    return () => this.#leave(onGroup);
  }

  async #leave(onGroup: OnGroup): Promise<void> {
    this.#readers.delete(onGroup);
    if (this.#readers.size > 0) return;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    const unsubscribe = await subscription?.catch(() => undefined);
    await unsubscribe?.();
  }
}
