import type { RefusedRow, RowBatch } from '../store/row-batch.ts';
import type { Queue, StoreGroup } from './queue.ts';
import { RabbitConsumer } from './rabbit-consumer.ts';
import type { RabbitSettings } from './rabbit-link.ts';
import { RabbitPublisher } from './rabbit-publisher.ts';

/**
 * A worker that dies, or that waits half an hour for the database, costs all messages it held one delivery; so
 * this is far above what restarts and a night without database do.
 */
const maxDeliveries = 50;
const returnDelay = 1000;

/**
 * RabbitMQ. Publishing and consuming have a connection each, since a broker that is short of memory or disk stops
 * reading from those that publish, and it is the acknowledgements that relieve it.
 */
export class RabbitQueue implements Queue {
  readonly #settings: RabbitSettings;
  readonly #publisher: RabbitPublisher;
  #consumer: Promise<RabbitConsumer> | undefined;

  private constructor(settings: RabbitSettings, publisher: RabbitPublisher) {
    this.#settings = settings;
    this.#publisher = publisher;
  }

  /** Starts to connect, and resolves without waiting for it. */
  static async open(
    given: Partial<RabbitSettings> & Pick<RabbitSettings, 'url' | 'warnings'>,
  ): Promise<RabbitQueue> {
    const settings = { maxDeliveries, returnDelay, ...given };
    return new RabbitQueue(settings, await RabbitPublisher.open(settings));
  }

  async publish(batches: readonly RowBatch[]): Promise<RefusedRow[][]> {
    return await Promise.all(
      batches.map(async (batch) => {
        await this.#publisher.publish(batch);
        return [];
      }),
    );
  }

  consume(store: StoreGroup): void {
    this.#consumer = RabbitConsumer.open(this.#settings, store);
  }

  async check(): Promise<void> {
    await this.#publisher.countReady();
  }

  async depth(): Promise<number> {
    return await this.#publisher.countReady();
  }

  /** Resolves when the broker was there for the first time. */
  async waitForConnect(): Promise<void> {
    await this.#publisher.waitForConnect();
  }

  async close(): Promise<void> {
    await (await this.#consumer)?.close();
    await this.#publisher.close();
  }
}
