import { setTimeout } from 'node:timers/promises';
import type { Channel, ChannelModel, Message } from 'amqplib';
import type { RowBatch } from '../store/row-batch.ts';
import { toBatch } from './message.ts';
import type { StoreGroup } from './queue.ts';
import { RabbitLink, type RabbitSettings } from './rabbit-link.ts';
import { takeGroup } from './take-group.ts';
import { declareTopology, ingestQueue } from './topology.ts';

/** Messages the broker hands out ahead of their acknowledgement: some groups of small batches. */
const prefetch = 64;

/** Groups stored at the same time: while the database works on one, the next is on its way. */
const concurrency = 2;

interface Delivery {
  channel: Channel;
  message: Message;
  batch: RowBatch;
}

/** Takes batches from the broker and acknowledges each when it is stored. */
export class RabbitConsumer {
  readonly #settings: RabbitSettings;
  readonly #store: StoreGroup;
  #link: RabbitLink<Channel> | undefined;
  #waiting: Delivery[] = [];
  readonly #working = new Set<Promise<void>>();
  #stop: (() => Promise<unknown>) | undefined;
  #isClosing = false;

  private constructor(settings: RabbitSettings, store: StoreGroup) {
    this.#settings = settings;
    this.#store = store;
  }

  static async open(settings: RabbitSettings, store: StoreGroup): Promise<RabbitConsumer> {
    const consumer = new RabbitConsumer(settings, store);
    consumer.#link = await RabbitLink.open(settings, (model) => consumer.#consume(model));
    return consumer;
  }

  /** Takes nothing more, and stores and acknowledges what it has. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#stop?.().catch(() => {});
    while (this.#working.size > 0) await Promise.all(this.#working);
    await this.#link?.close();
  }

  async #consume(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel();
    await declareTopology(channel, this.#settings.maxDeliveries);
    await channel.prefetch(prefetch);
    // What an earlier connection brought will come again; what of it is being stored is recognised then.
    this.#waiting = [];
    const { consumerTag } = await channel.consume(ingestQueue, (message) => {
      // The queue was deleted: a new connection declares it again.
      if (message === null) channel.close().catch(() => {});
      else this.#take(channel, message);
    });
    this.#stop = () => channel.cancel(consumerTag);
    return channel;
  }

  #take(channel: Channel, message: Message): void {
    const batch = toBatch(message);
    // Nobody will ever be able to store this, so it goes to the dead letters right away.
    if (batch === undefined) channel.reject(message, false);
    else {
      this.#waiting.push({ channel, message, batch });
      this.#work();
    }
  }

  #work(): void {
    while (this.#working.size < concurrency && this.#waiting.length > 0) {
      const work = this.#storeGroup(takeGroup(this.#waiting)).finally(() => {
        this.#working.delete(work);
        this.#work();
      });
      this.#working.add(work);
    }
  }

  async #storeGroup(group: readonly Delivery[]): Promise<void> {
    try {
      await this.#store(group.map(({ batch }) => batch));
      for (const { channel, message } of group) attempt(() => channel.ack(message));
    } catch {
      if (group.length > 1) {
        // One of them may be to blame, and only that one must pay.
        for (const delivery of group) await this.#storeGroup([delivery]);
        return;
      }
      if (!this.#isClosing) await setTimeout(this.#settings.returnDelay);
      for (const { channel, message } of group) attempt(() => channel.nack(message, false, true));
    }
  }
}

/** On a channel that has been closed there is nothing to say: the broker has taken the message back. */
function attempt(say: () => void): void {
  try {
    say();
  } catch {
    // As said above.
  }
}
