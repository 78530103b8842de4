import type { Channel } from 'amqplib';

/** What waits to be stored. */
export const ingestQueue = 'tracehub.ingest';
/** Where messages go that nobody could store, by way of an exchange of the same name. */
const deadQueue = 'tracehub.dead';

/**
 * Declares the queues. Both are quorum queues, which RabbitMQ replicates and writes to disk before it confirms.
 * `at-least-once` keeps a message in the first until the second has confirmed it; it demands `reject-publish`.
 */
export async function declareTopology(channel: Channel, maxDeliveries: number): Promise<void> {
  await channel.assertExchange(deadQueue, 'fanout', { durable: true });
  await channel.assertQueue(deadQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(deadQueue, deadQueue, '');
  await channel.assertQueue(ingestQueue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': maxDeliveries,
      'x-overflow': 'reject-publish',
      'x-dead-letter-exchange': deadQueue,
      'x-dead-letter-strategy': 'at-least-once',
    },
  });
}
