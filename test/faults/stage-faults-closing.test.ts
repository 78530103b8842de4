import { Agent, Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { BatchWorker } from '../../packages/core-sender/src/batch/batch-worker.ts';
import { RingBuffer } from '../../packages/core-sender/src/buffer/ring-buffer.ts';
import { DeadLetterQueue } from '../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import { DurableLog } from '../../packages/core-sender/src/dead-letters/durable-log.ts';
import { Replayer } from '../../packages/core-sender/src/dead-letters/replayer.ts';
import { HttpTransport } from '../../packages/core-sender/src/send/http-transport.ts';
import { afterTest } from '../kit/after-test.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, startLane } from './lane.ts';
import { BATCH, type Stage, stage } from './stage-faults-kit.ts';
import { plant } from './stage-faults-plant.ts';

describe('while it closes', () => {
  const stages: Stage[] = [
    stage('transport', HttpTransport.prototype, 'close'),
    stage('replay', Replayer.prototype, 'stop'),
    stage('dead-letter queue', DeadLetterQueue.prototype, 'close'),
    stage('durable log', DurableLog.prototype, 'writeSync', {
      options: { durable: true, durableInterval: 5 },
    }),
  ];

  it.each(stages)('an exception in $name holds up neither close nor flush', async (of) => {
    const server = await startFaultServer();
    const lane = startLane(server.url, of.options);
    lane.log(BATCH);
    await lane.sender.flush();
    const planted = of.plant(1);
    lane.log(BATCH);
    const { stats } = await closeAndAccount(lane, server);
    expect(planted.isSpent).toBe(true);
    expect(stats).toMatchObject({ accepted: 2 * BATCH, delivered: 2 * BATCH });
    expect(lane.warnings).toEqual(['TRACEHUB_INTERNAL']);
  });

  const LAST: (Stage & { ends: { deadLettered: number; dropped: number } })[] = [
    { ...stage('ring', RingBuffer.prototype, 'takeAll'), ends: { deadLettered: 0, dropped: BATCH } },
    {
      ...stage('batch worker', BatchWorker.prototype, 'inFlight'),
      ends: { deadLettered: 0, dropped: BATCH },
    },
    {
      ...stage('dead-letter queue', DeadLetterQueue.prototype, 'appendSync'),
      ends: { deadLettered: 0, dropped: BATCH },
    },
  ];

  it.each(LAST)('entries lost in the last spill by $name are counted', async ({ plant: plantIn, ends }) => {
    const server = await startFaultServer({ plan: { onWhole: () => [{ do: 'hang' }] } });
    const lane = startLane(server.url, { closeTimeout: 100, timeout: 60_000 });
    // The normal way to the disk is closed too, or nothing would be left for the last spill.
    plant(DeadLetterQueue.prototype, 'append', 1_000);
    const planted = plantIn(1);
    lane.log(BATCH);
    const flushed = lane.sender.flush();
    const { stats } = await closeAndAccount(lane, server);
    expect(planted.isSpent).toBe(true);
    expect(stats).toMatchObject({ accepted: BATCH, ...ends });
    expect(stats.drops).toMatchObject({ internal: BATCH });
    expect(await flushed).toEqual({ delivered: 0, ...ends });
  });
});

describe("with the app's own dispatcher", () => {
  /** Sends through a pool of undici, but for the first calls. */
  class FaultyDispatcher extends Dispatcher {
    calls = 0;
    readonly #pool = new Agent();
    readonly #fault: (handler: Dispatcher.DispatchHandler) => boolean;

    constructor(fault: (handler: Dispatcher.DispatchHandler) => boolean) {
      super();
      this.#fault = fault;
      afterTest(() => this.#pool.destroy());
    }

    override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      return ++this.calls <= 2 ? this.#fault(handler) : this.#pool.dispatch(options, handler);
    }
  }

  const FAULTS: Record<string, (handler: Dispatcher.DispatchHandler) => boolean> = {
    'that throws': () => {
      throw new Error('planted');
    },
    'that throws no error': () => {
      // oxlint-disable-next-line no-throw-literal -- what an app may do
      throw undefined;
    },
    'that reports an error twice': (handler) => {
      handler.onError?.(new Error('planted'));
      handler.onError?.(new Error('planted'));
      return true;
    },
    'that answers before it connects, and nonsense': (handler) => {
      handler.onHeaders?.(Number.NaN, [], () => {}, '');
      handler.onComplete?.([]);
      return true;
    },
    'that never calls back': () => true,
  };

  it.each(Object.entries(FAULTS))('%s nothing is lost', async (_, fault) => {
    const server = await startFaultServer();
    const dispatcher = new FaultyDispatcher(fault);
    const lane = startLane(server.url, { dispatcher, timeout: 300 });
    lane.log(BATCH);
    await lane.sender.flush();
    expect(dispatcher.calls).toBeGreaterThan(0);
    const { stats } = await closeAndAccount(lane, server);
    expect(stats.delivered + stats.deadLettered).toBe(BATCH);
  });
});

it('an exception in a spill of a full ring costs what the ring has no room for, and no more', async () => {
  const server = await startFaultServer({ plan: { onWhole: () => [{ do: 'hang' }] } });
  const lane = startLane(server.url, {
    maxBuffer: BATCH,
    overflow: 'spill',
    closeTimeout: 100,
    concurrency: 1,
  });
  const planted = plant(DeadLetterQueue.prototype, 'appendSync', 3);
  lane.log(2 * BATCH);
  expect(planted.isSpent).toBe(true);
  // Three log calls drop the oldest; the fourth spills.
  expect(lane.sender.stats()).toMatchObject({ deadLettered: BATCH, dropped: 3 });
  expect(lane.sender.stats().drops).toMatchObject({ 'buffer-full': 3 });
  await closeAndAccount(lane, server);
  expect(lane.warnings.filter((code) => code === 'TRACEHUB_INTERNAL')).toHaveLength(1);
});
