import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seed } from '../crash/kit/size.ts';
import { settle } from '../../packages/core-sender/test/fake-clock.ts';
import { BatchWorkerModel, type Disk, type Item, type Limits, YEAR } from './batch-worker-model.ts';
import { BatchWorkerWorld } from './batch-worker-world.ts';
import { runHistories } from './run-histories.ts';

const MAX_BATCH_BYTES = 400;

type Command = fc.AsyncCommand<BatchWorkerModel, BatchWorkerWorld>;

/** A step of both, after which both must look the same. */
function command(
  name: string,
  run: (model: BatchWorkerModel, world: BatchWorkerWorld) => void | Promise<void>,
  check: (model: Readonly<BatchWorkerModel>) => boolean = () => true,
): Command {
  return {
    check,
    toString: () => name,
    async run(model, world) {
      await run(model, world);
      await settle();
      expect(seen(world)).toEqual(foreseen(model));
      expectInvariants(model, world);
    },
  };
}

/** What can be seen of the worker and of the ledger. */
function seen({ ring, worker, ledger, left, receipts, turns }: BatchWorkerWorld): object {
  return {
    waiting: [ring.length, ring.bytes, ring.peek()?.seq],
    inFlight: worker.inFlight().map(({ seq }) => seq),
    left: left.splice(0),
    turns,
    receipts,
    ends: [ledger.accepted, ledger.delivered, ledger.deadLettered, ledger.dropped, ledger.pending],
    drops: Object.fromEntries(Object.entries(ledger.drops).filter(([, count]) => count > 0)),
  };
}

function foreseen(model: BatchWorkerModel): ReturnType<typeof seen> {
  const { waiting, running, turns, flushes, ends, accepted } = model;
  const counts: Record<string, number> = {};
  for (const end of ends.values()) counts[end] = (counts[end] ?? 0) + 1;
  const { delivered = 0, deadLettered = 0, ...drops } = counts;
  return {
    waiting: [waiting.length, waiting.reduce((all, { bytes }) => all + bytes, 0), waiting[0]?.seq],
    inFlight: running.flatMap(({ items }) => items.map(({ seq }) => seq)),
    left: model.left.splice(0),
    turns,
    receipts: flushes.map((upTo) => model.receipt(upTo)),
    ends: [accepted, delivered, deadLettered, ends.size - delivered - deadLettered, accepted - ends.size],
    drops,
  };
}

/** What must hold whatever the model says. */
function expectInvariants({ limits }: BatchWorkerModel, { clock, sent, ring }: BatchWorkerWorld): void {
  if (sent.some(({ entries }) => new Set(entries.map(({ year }) => year)).size > 1))
    expect.fail('a batch mixes years');
  if (sent.some(({ entries }) => entries.length > limits.entries)) expect.fail('a batch is too large');
  if (ring.length > limits.capacity) expect.fail('the ring holds more than its capacity');
  if (clock.pending > 1) expect.fail(`${clock.pending} timers`);
}

type Pushed = Omit<Item, 'seq' | 'acceptedAt'>;

const push = (all: readonly Pushed[]): Command =>
  command(
    `push ${all.map(({ bytes, year, issueKey = '' }) => `${bytes}${year === YEAR ? '' : "'"}${issueKey}`).join(' ')}`,
    (model, world) => {
      const items = all.map((item, index) => ({
        ...item,
        seq: model.accepted + index + 1,
        acceptedAt: model.now,
      }));
      model.push(items);
      world.push(items);
    },
    ({ isStopped }) => !isStopped,
  );

const advance = (ms: number): Command =>
  command(`advance ${ms}`, async (model, world) => {
    model.advance(ms);
    await world.clock.advance(ms);
  });

const gate = (isOpen: boolean): Command =>
  command(`gate ${isOpen ? 'opens' : 'closes'}`, (model, world) => {
    model.isOpen = isOpen;
    world.gate.isOpen = isOpen;
    model.pump();
    world.worker.pump();
  });

const disk = (state: Disk): Command =>
  command(`disk is ${state}`, (model, world) => {
    model.disk = state;
    world.disk = state;
    model.pump();
    world.worker.pump();
  });

const answerDisk = command(
  'disk answers',
  (model, world) => {
    model.answerDisk();
    world.answerDisk();
  },
  ({ writes }) => writes.length > 0,
);

interface Answer {
  place: number;
  share: number;
  other: 'kept' | 'rejected';
  isTooLarge: boolean;
}

const answer = ({ place, share, other, isTooLarge }: Answer): Command =>
  command(
    `answer ${place}: ${share} delivered, ${other}${isTooLarge ? ', too large' : ''}`,
    (model, world) => {
      const open = model.sending.filter(({ isAnswered }) => !isAnswered);
      const batch = open[place % open.length]!;
      const delivered = Math.round(share * batch.items.length);
      if (isTooLarge) model.maxBatchBytes = Math.max(Math.floor(model.maxBatchBytes / 2), 20);
      world.limits.bytes = model.maxBatchBytes;
      model.answer(batch, delivered, other);
      // Its end waits for the disk.
      void world.answer(place % open.length, delivered, other);
    },
    ({ sending }) => sending.some(({ isAnswered }) => !isAnswered),
  );

const flush = command('flush', (model, world) => {
  model.flush();
  world.flush();
});

const turn = command(
  'a replay asks for its turn',
  (model, world) => {
    model.askForTurn();
    world.askForTurn();
  },
  ({ turns }) => turns.at(-1) !== false,
);

const stop = command(
  'stop',
  (model, world) => {
    model.stop();
    world.stop();
  },
  ({ isStopped }) => !isStopped,
);

const plain = (bytes: number): Pushed => ({ bytes, year: YEAR, issueKey: undefined });

const pushed = fc.record<Pushed>({
  bytes: fc.integer({ min: 1, max: 150 }),
  year: fc.constantFrom(YEAR, YEAR, YEAR, YEAR + 1),
  issueKey: fc.constantFrom(undefined, undefined, 'a', 'ab', 'b'),
});

const pushes = fc.array(pushed, { minLength: 1, maxLength: 6 }).map(push);
const answers = fc
  .record<Answer>({
    place: fc.nat(4),
    share: fc.constantFrom(0, 0.5, 1, 1, 1),
    other: fc.constantFrom('kept', 'kept', 'rejected'),
    isTooLarge: fc.constantFrom(false, false, false, true),
  })
  .map(answer);

const histories = fc.commands(
  [
    fc.oneof(
      { weight: 30, arbitrary: pushes },
      { weight: 20, arbitrary: answers },
      { weight: 20, arbitrary: fc.constantFrom(1, 60, 100, 400, 999, 1_000, 3_000).map(advance) },
      { weight: 10, arbitrary: fc.constantFrom(true, true, false).map(gate) },
      { weight: 10, arbitrary: fc.constantFrom<Disk>('well', 'well', 'full', 'broken').map(disk) },
      { weight: 10, arbitrary: fc.constantFrom(answerDisk, flush, turn) },
      { weight: 1, arbitrary: fc.constant(stop) },
    ),
  ],
  { maxCommands: 100 },
);

const limits = fc.record<Limits>({
  capacity: fc.integer({ min: 1, max: 16 }),
  maxBytes: fc.integer({ min: 200, max: 1_500 }),
  batchSize: fc.integer({ min: 1, max: 6 }),
  flushInterval: fc.constant(1_000),
  concurrency: fc.integer({ min: 1, max: 3 }),
  entries: fc.integer({ min: 1, max: 8 }),
  overflow: fc.constantFrom('drop-oldest', 'spill'),
  hasQueue: fc.boolean(),
});

/** Whatever is under way when the worker stops comes to one end, and nothing comes back. */
async function expectEnd(model: BatchWorkerModel, world: BatchWorkerWorld): Promise<void> {
  if (stop.check(model)) await stop.run(model, world);
  await disk('broken').run(model, world);
  const late = answer({ place: 0, share: 0.5, other: 'kept', isTooLarge: false });
  while (late.check(model)) await late.run(model, world);
  while (answerDisk.check(model)) await answerDisk.run(model, world);
  await advance(10_000).run(model, world);
  expect([world.ledger.pending, world.ring.length, world.worker.inFlight().length]).toEqual([0, 0, 0]);
}

/** Histories that showed a bug once. */
const SEEN: [Limits, Iterable<Command>][] = [
  [
    {
      capacity: 1,
      maxBytes: 200,
      batchSize: 1,
      flushInterval: 1_000,
      concurrency: 1,
      entries: 1,
      overflow: 'drop-oldest',
      hasQueue: true,
    },
    // What was spilled while the disk was asked came back into the ring.
    [gate(false), push([plain(1)]), disk('broken'), stop, answerDisk],
  ],
  [
    {
      capacity: 4,
      maxBytes: 201,
      batchSize: 4,
      flushInterval: 1_000,
      concurrency: 2,
      entries: 1,
      overflow: 'drop-oldest',
      hasQueue: true,
    },
    // The model looked at a limit that a batch, not yet at its end, had made smaller.
    [
      push([1, 94, 98, 8].map(plain)),
      answer({ place: 0, share: 0, other: 'kept', isTooLarge: true }),
      advance(999),
    ],
  ],
  [
    {
      capacity: 16,
      maxBytes: 1_500,
      batchSize: 3,
      flushInterval: 1_000,
      concurrency: 2,
      entries: 8,
      overflow: 'drop-oldest',
      hasQueue: true,
    },
    // A batch that reached its size within the pace of the last one waited for its age.
    [push([1, 1, 1].map(plain)), push([plain(1)]), push([1, 1].map(plain)), advance(100)],
  ],
];

it(`the batch worker does what lists and sums do, under any history (seed ${seed})`, async () => {
  const property = fc.asyncProperty(limits, histories, async (given, list) => {
    const world = new BatchWorkerWorld(given, MAX_BATCH_BYTES);
    const model = new BatchWorkerModel(given, world.clock.now());
    await fc.asyncModelRun(() => ({ model, real: world }), list);
    await expectEnd(model, world);
  });
  await expect(runHistories(property, { ci: 3_000, full: 20_000 }, SEEN)).resolves.toBeUndefined();
});
