import { describe, expect, it } from 'vitest';
import { BatchWorker } from '../../packages/core-sender/src/batch/batch-worker.ts';
import { DeadLetterQueue } from '../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import { DurableLog } from '../../packages/core-sender/src/dead-letters/durable-log.ts';
import { Replayer } from '../../packages/core-sender/src/dead-letters/replayer.ts';
import { SegmentClaim } from '../../packages/core-sender/src/dead-letters/segment-claim.ts';
import { SegmentDirectory } from '../../packages/core-sender/src/dead-letters/segment-directory.ts';
import { SegmentWriter } from '../../packages/core-sender/src/dead-letters/segment-writer.ts';
import { Attempts } from '../../packages/core-sender/src/send/attempts.ts';
import { Delivery } from '../../packages/core-sender/src/send/delivery.ts';
import { Gate } from '../../packages/core-sender/src/send/gate.ts';
import { LiveBatches } from '../../packages/core-sender/src/send/live-batches.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { until } from './lane.ts';
import {
  BATCH,
  HOW_LONG,
  type Stage,
  expectGoesOn,
  minutesSince,
  spend,
  stage,
  startFastLane,
} from './stage-faults-kit.ts';

describe('while the server is down', () => {
  const stages: Stage[] = [
    stage('batch worker', LiveBatches.prototype, 'setAside'),
    stage('delivery', LiveBatches.prototype, 'kept'),
    stage('gate', Gate.prototype, 'failed'),
    stage('gate probe', Attempts.prototype, 'probe'),
    stage('dead-letter queue', DeadLetterQueue.prototype, 'append'),
    stage('dead-letter queue', SegmentDirectory.prototype, 'holds', { code: 'TRACEHUB_DLQ_UNUSABLE' }),
    stage('dead-letter queue', SegmentWriter.prototype, 'append', { code: 'TRACEHUB_DLQ_UNUSABLE' }),
  ];

  describe.each(stages)('an exception in $name', ({ plant: plantIn, options, code }) => {
    it.each(Object.entries(HOW_LONG))('%s loses nothing', async (_, times) => {
      const start = performance.now();
      const server = await startFaultServer();
      const lane = startFastLane(server, options);
      lane.log(BATCH);
      await lane.sender.flush();
      await server.stop();
      lane.log(BATCH);
      await until(() => lane.sender.stats().deadLettered > 0, 'dead letters');
      await spend(plantIn(times), lane);
      await server.restart();
      await until(() => lane.sender.stats().deadLettered === 0, 'the replay');
      const { stats } = await expectGoesOn(lane, server, code, minutesSince(start));
      expect(stats).toMatchObject({ accepted: lane.logged, delivered: lane.logged });
    });
  });
});

describe('with durable', () => {
  const stages: Stage[] = [
    stage('durable log', DurableLog.prototype, 'add'),
    stage('durable log', SegmentDirectory.prototype, 'makeRoom', { code: 'TRACEHUB_DLQ_UNUSABLE' }),
    stage('durable log', SegmentWriter.prototype, 'append', { code: 'TRACEHUB_DLQ_UNUSABLE' }),
  ];

  describe.each(stages)('an exception in $name', ({ plant: plantIn, code }) => {
    it.each(Object.entries(HOW_LONG))('%s lets the entries through as if not durable', async (_, times) => {
      const start = performance.now();
      const server = await startFaultServer();
      const lane = startFastLane(server, { durable: true, durableInterval: 100 });
      lane.log(BATCH);
      await lane.sender.flush();
      await spend(plantIn(times), lane);
      const { stats } = await expectGoesOn(lane, server, code, minutesSince(start));
      expect(stats).toMatchObject({ accepted: lane.logged, delivered: lane.logged });
    });
  });
});

describe('during a replay', () => {
  const stages: Stage[] = [
    stage('start', Replayer.prototype, 'start'),
    stage('start', DeadLetterQueue.prototype, 'claim'),
    stage('reading', SegmentClaim, 'take', { code: 'TRACEHUB_DLQ_UNUSABLE' }),
    stage('its turn', BatchWorker.prototype, 'replayTurn'),
    stage('sending', Delivery.prototype, 'deliver'),
    // Marked at the second try. One that can never be marked is sent again, and counts as delivered before it is.
    stage('marking', DeadLetterQueue.prototype, 'progress', { most: 1 }),
    stage('marking', SegmentClaim.prototype, 'progress', { code: 'TRACEHUB_DLQ_UNUSABLE', most: 1 }),
  ];

  describe.each(stages)('an exception in $name', ({ plant: plantIn, code, most = Infinity }) => {
    const howLong = Object.entries(HOW_LONG).filter(([, times]) => times <= most);
    it.each(howLong)('%s leaves the letters for the next replay', async (_, times) => {
      const start = performance.now();
      const server = await startFaultServer();
      await server.stop();
      const lane = startFastLane(server, { maxBatchEntries: 5 });
      lane.log(3 * BATCH);
      await until(() => lane.sender.stats().deadLettered === 3 * BATCH, 'dead letters');
      const planted = plantIn(times);
      await server.restart();
      await until(() => planted.isSpent, 'the defect to be met');
      await until(() => lane.sender.stats().deadLettered === 0, 'the replay to go on');
      const { stats } = await expectGoesOn(lane, server, code, minutesSince(start));
      expect(stats).toMatchObject({ accepted: 4 * BATCH, delivered: 4 * BATCH });
    });
  });
});
