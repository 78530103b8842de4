import type * as Zlib from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { BatchWorker } from '../../packages/core-sender/src/batch/batch-worker.ts';
import { RingBuffer } from '../../packages/core-sender/src/buffer/ring-buffer.ts';
import { Enricher } from '../../packages/core-sender/src/entry/enricher.ts';
import { RateLimiter } from '../../packages/core-sender/src/intake/rate-limiter.ts';
import { Attempts } from '../../packages/core-sender/src/send/attempts.ts';
import { Delivery } from '../../packages/core-sender/src/send/delivery.ts';
import { Gate } from '../../packages/core-sender/src/send/gate.ts';
import { HttpTransport } from '../../packages/core-sender/src/send/http-transport.ts';
import { LiveBatches } from '../../packages/core-sender/src/send/live-batches.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { closeAndAccount, startLane, until } from './lane.ts';
import { BATCH, HOW_LONG, type Stage, expectGoesOn, spend, stage } from './stage-faults-kit.ts';
import { plant } from './stage-faults-plant.ts';

/** What packs is bound when core-sender is loaded, so it is replaced for the whole file. */
const pool = vi.hoisted(() => ({ gzip: (_buffer: unknown): void => {} }));
vi.mock('node:zlib', async (importOriginal) => {
  const real = await importOriginal<typeof Zlib>();
  const createGzip = (options: Zlib.ZlibOptions): Zlib.Gzip => {
    const gzip = real.createGzip(options);
    const write = gzip.write.bind(gzip) as (...args: unknown[]) => boolean;
    gzip.write = (...args: unknown[]): boolean => {
      pool.gzip(args[0]);
      return write(...args);
    };
    return gzip;
  };
  return { ...real, createGzip };
});

describe('with the server up', () => {
  const stages: Stage[] = [
    stage('enricher', Enricher.prototype, 'encode', { dropped: 1, throwsPerRecord: 2 }),
    stage('rate limit', RateLimiter.prototype, 'allows', { dropped: 1, options: { rateLimit: 100_000 } }),
    stage('ring', RingBuffer.prototype, 'fits', { dropped: 1 }),
    stage('ring', RingBuffer.prototype, 'push', { dropped: 1 }),
    stage('ring', RingBuffer.prototype, 'peek'),
    stage('ring', RingBuffer.prototype, 'shift'),
    stage('ring', RingBuffer.prototype, 'hold'),
    stage('ring', RingBuffer.prototype, 'release'),
    stage('batch worker', BatchWorker.prototype, 'pushed'),
    stage('batch worker', LiveBatches.prototype, 'isReady'),
    stage('batch worker', LiveBatches.prototype, 'deliver'),
    stage('delivery', Delivery.prototype, 'deliver'),
    stage('delivery', LiveBatches.prototype, 'delivered'),
    stage('encode', Attempts.prototype, 'encode'),
    stage('attempt', Attempts.prototype, 'make'),
    stage('gate', Gate.prototype, 'succeeded'),
    { name: 'gzip', plant: (times) => plant(pool, 'gzip', times) },
  ];

  describe.each(stages)('an exception in $name', ({ plant: plantIn, options, dropped = 0, ...more }) => {
    it.each(Object.entries(HOW_LONG))('%s loses nothing uncounted', async (_, records) => {
      const server = await startFaultServer();
      const lane = startLane(server.url, options);
      lane.log(BATCH);
      await lane.sender.flush();
      const planted = plantIn(records * (more.throwsPerRecord ?? 1));
      await spend(planted, lane);
      const { stats } = await expectGoesOn(lane, server, more.code);
      expect(stats.drops).toMatchObject({ internal: records * dropped });
      expect(stats.dropped).toBe(records * dropped);
    });
  });

  it('an exception in the transport is a failure like any other: the batch is tried again', async () => {
    const server = await startFaultServer();
    const lane = startLane(server.url);
    const planted = plant(HttpTransport.prototype, 'post', 2);
    lane.log(BATCH);
    await lane.sender.flush();
    expect(planted.isSpent).toBe(true);
    const { stats } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ accepted: BATCH, delivered: BATCH, retries: 2 });
  });

  it('without a directory the entries wait in memory, and the thread is not kept busy', async () => {
    const server = await startFaultServer();
    const lane = startLane(server.url, { dlqPath: false });
    const planted = plant(Delivery.prototype, 'deliver', 1_000_000);
    const start = performance.now();
    lane.log(BATCH);
    await until(() => planted.thrown > 3, 'some tries');
    // One a tenth of a second for each of two slots, and one that was there before.
    expect(planted.thrown).toBeLessThanOrEqual(2 * ((performance.now() - start) / 100 + 2));
    planted.remove();
    const { stats } = await expectGoesOn(lane, server);
    expect(stats).toMatchObject({ accepted: 2 * BATCH, delivered: 2 * BATCH });
  });
});
