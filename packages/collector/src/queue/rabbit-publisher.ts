import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { RowBatch } from '../store/row-batch.ts';
import { toProperties } from './message.ts';
import { QueueError } from './queue.ts';
import { RabbitLink, type RabbitSettings } from './rabbit-link.ts';
import { declareTopology, ingestQueue } from './topology.ts';
import { within } from './within.ts';

/** Bodies that may wait for the broker's word before nothing more is taken. */
const maxUnconfirmedBytes = 128 * 1024 * 1024;

/** Below what a sender waits for an answer (10 s), so that it hears "later" instead of nothing; ms. */
const answerTimeout = 8000;

/** Publishes batches and waits until the broker has each on disk. */
export class RabbitPublisher {
  readonly #link: RabbitLink<ConfirmChannel>;
  readonly #returned: Set<string>;
  #unconfirmedBytes = 0;
  #published = 0;

  private constructor(link: RabbitLink<ConfirmChannel>, returned: Set<string>) {
    this.#link = link;
    this.#returned = returned;
  }

  static async open(settings: RabbitSettings): Promise<RabbitPublisher> {
    const returned = new Set<string>();
    const link = await RabbitLink.open(settings, async (model: ChannelModel) => {
      const channel = await model.createConfirmChannel();
      // The broker confirms what it could not route, too, after having returned it.
      channel.on('return', ({ properties }) => void returned.add(String(properties.messageId)));
      await declareTopology(channel, settings.maxDeliveries);
      return channel;
    });
    return new RabbitPublisher(link, returned);
  }

  /** Resolves when the broker has confirmed the batch. Rejects with a `QueueError` when it has not, or not in time. */
  async publish(batch: RowBatch): Promise<void> {
    const { channel } = this.#link;
    if (this.#unconfirmedBytes + batch.lines.length > maxUnconfirmedBytes) {
      throw new QueueError('too much waits for the broker');
    }
    // Counted until the broker has spoken, even if nobody waits for that any more: the memory is in use until then.
    this.#unconfirmedBytes += batch.lines.length;
    const confirmed = this.#send(channel, batch).finally(
      () => (this.#unconfirmedBytes -= batch.lines.length),
    );
    await within(answerTimeout, confirmed, 'the broker did not confirm in time');
  }

  /** How many messages are ready to be stored. Rejects with a `QueueError` when the broker does not answer. */
  async countReady(): Promise<number> {
    const asked = this.#link.channel.checkQueue(ingestQueue);
    try {
      return (await within(answerTimeout, asked, 'the broker does not answer')).messageCount;
    } catch (error) {
      throw error instanceof QueueError ? error : new QueueError((error as Error).message);
    }
  }

  async waitForConnect(): Promise<void> {
    await this.#link.waitForConnect();
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #send(channel: ConfirmChannel, batch: RowBatch): Promise<void> {
    const messageId = String((this.#published += 1));
    const options = { ...toProperties(batch), messageId, mandatory: true };
    await new Promise<void>((resolve, reject) => {
      const onConfirm = (error: Error | null): void => {
        if (error !== null) reject(new QueueError(`the broker did not confirm: ${error.message}`));
        else resolve();
      };
      try {
        channel.publish('', ingestQueue, batch.lines, options, onConfirm);
      } catch (error) {
        reject(new QueueError((error as Error).message));
      }
    });
    if (this.#returned.delete(messageId)) {
      // Whoever deleted the queue: closing the channel connects again, which declares it.
      await channel.close().catch(() => {});
      throw new QueueError(`the queue ${ingestQueue} was gone`);
    }
  }
}
