import { beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, type GetMessage } from 'amqplib';
import { InProcessQueue } from '../../packages/collector/src/queue/in-process-queue.ts';
import { QueueError } from '../../packages/collector/src/queue/queue.ts';
import { RabbitQueue } from '../../packages/collector/src/queue/rabbit-queue.ts';
import { Warnings } from '../../packages/collector/src/warnings.ts';
import { afterTest } from '../kit/after-test.ts';
import { startRabbit, type PrivateRabbit } from '../kit/servers/servers.ts';
import { batch, describeQueue, recorder } from './describe-queue.ts';

let rabbit: PrivateRabbit;
beforeAll(async () => {
  rabbit = await startRabbit();
});

async function openRabbit(url = rabbit.nextUrl()): Promise<RabbitQueue> {
  const queue = await RabbitQueue.open({ url, warnings: new Warnings(), maxDeliveries: 3, returnDelay: 10 });
  await queue.waitForConnect();
  return queue;
}

/** What is in a queue, without the collector's code. */
async function messagesIn(url: string, queue: string): Promise<GetMessage[]> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const messages: GetMessage[] = [];
  for (let got = await channel.get(queue); got !== false; got = await channel.get(queue)) messages.push(got);
  await connection.close();
  return messages;
}

describeQueue('in the process', async () => new InProcessQueue());
describeQueue('RabbitMQ', openRabbit);

it('tells the publisher which rows were refused when storing is part of publishing', async () => {
  const queue = new InProcessQueue();
  queue.consume(async (group) => group.map(({ count }) => [{ index: count - 1, reason: 'odd' }]));
  expect(await queue.publish([batch('a'), batch('b', 5)])).toEqual([
    [{ index: 0, reason: 'odd' }],
    [{ index: 4, reason: 'odd' }],
  ]);
});

it('tells the publisher in time when it would be too long until its turn, and then stores nothing of it', async () => {
  const queue = new InProcessQueue(200);
  const { given, store } = recorder();
  queue.consume(async (group) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return await store(group);
  });
  // Its turn comes at once, so however long it takes, what comes of it is what the publisher hears.
  const first = queue.publish([batch('a', 1000)]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const begin = performance.now();
  await expect(queue.publish([batch('b', 1000), batch('c')])).rejects.toThrow(QueueError);
  expect(performance.now() - begin).toBeLessThan(300);
  expect(await queue.depth()).toBe(1);
  expect(await first).toEqual([[]]);
  await queue.close();
  expect(given).toEqual(['a']);
  expect(await queue.publish([batch('d')])).toEqual([[]]);
});

describe('RabbitMQ', () => {
  it('sets aside at once what is no batch, and after its deliveries what nobody can store', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const url = rabbit.nextUrl();
    const queue = await openRabbit(url);
    afterTest(() => queue.close());
    const connection = await connect(url);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue('tracehub.ingest', Buffer.from('{}'), { type: 'something else' });
    await channel.waitForConfirms();
    await connection.close();
    await queue.publish([batch('good'), batch('poison'), batch('fine')]);

    const { given, store } = recorder();
    let attempts = 0;
    queue.consume(async (group) => {
      if (group.some(({ lines }) => lines.toString().startsWith('poison'))) {
        attempts += 1;
        throw new Error('cannot be stored');
      }
      return await store(group);
    });
    await vi.waitFor(async () => {
      expect(given.toSorted()).toEqual(['fine', 'good']);
      expect(attempts).toBeGreaterThanOrEqual(4);
    }, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const dead = await messagesIn(url, 'tracehub.dead');
    expect(dead.map(({ content }) => content.toString()).toSorted()).toEqual(['poison\n', '{}']);
    expect(await messagesIn(url, 'tracehub.ingest')).toEqual([]);
  });

  it('takes nothing while the broker is short of memory, and says so at once', async () => {
    const queue = await openRabbit();
    afterTest(() => queue.close());
    const alarm = '{{resource_limit, memory, node()}, []}';
    await rabbit.control('eval', `rabbit_alarm:set_alarm(${alarm}).`);
    // RabbitMQ tells only those who publish: the first to do so waits for it.
    await expect(queue.publish([batch('a')])).rejects.toThrow(QueueError);
    await expect(queue.publish([batch('b')])).rejects.toThrow('the broker takes nothing in');
    await rabbit.control('eval', `rabbit_alarm:clear_alarm({resource_limit, memory, node()}).`);
    await vi.waitFor(() => queue.publish([batch('c')]), 10_000);
  });

  it('does not believe a confirm for what nobody queued', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const url = rabbit.nextUrl();
    const queue = await openRabbit(url);
    afterTest(() => queue.close());
    const connection = await connect(url);
    await (await connection.createChannel()).deleteQueue('tracehub.ingest');
    await connection.close();
    await expect(queue.publish([batch('a')])).rejects.toThrow('the queue tracehub.ingest was gone');
    await vi.waitFor(() => queue.publish([batch('b')]), 10_000);
    expect((await messagesIn(url, 'tracehub.ingest')).map(({ content }) => content.toString())).toEqual([
      'b\n',
    ]);
  });

  it('refuses to start without its broker, saying why', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const queue = await RabbitQueue.open({ url: 'amqp://127.0.0.1:9', warnings: new Warnings() });
    afterTest(() => queue.close());
    await expect(queue.waitForConnect()).rejects.toThrow(/the broker cannot be reached: .*ECONNREFUSED/);
  });
});
