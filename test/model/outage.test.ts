import { expect, it } from 'vitest';
import { type Sender, createSender } from '@tracehub/core-sender';
import { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';
import { randomFrom, seed, size } from '../crash/kit/size.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { advance } from './real-rest.ts';
import { type Post, SimulatedServer } from './simulated-server.ts';

/*
 * A day without the server (hours, on CI), and what comes after it, on a simulated clock with real files. The server is a
 * dispatcher in this process, as in sender.test.ts; test/faults/retry-load has ten minutes of it before a real port.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HOURS = size(6, 24);
const ENTRIES = 1_440;
/** The smallest cap there is: the entries are some three times as much. */
const CAP = 2 ** 20;

interface Outage {
  clock: FakeClock;
  server: SimulatedServer;
  sender: Sender;
  dlqPath: string;
  posts: (Post & { at: number })[];
  /** Logs one entry of two kilobytes. */
  log: () => void;
}

function startOutage(): Outage {
  const clock = new FakeClock();
  const posts: Outage['posts'] = [];
  const server = new SimulatedServer(clock, (post) => posts.push({ ...post, at: clock.now() }));
  const dlqPath = makeTempDirectory('outage');
  const sender = createSender(
    {
      apiKey: 'th_model',
      service: 'model',
      environment: 'test',
      endpoint: 'http://localhost',
      compress: false,
      dlqPath,
      maxDlqBytes: CAP,
      concurrency: 1,
      dispatcher: server,
      batchSize: 1,
      maxBatchEntries: 10,
    },
    { sdkVersion: 'model/0.0.0', emitWarning: () => {} },
    { clock, random: randomFrom(seed) },
  );
  watchLedger('the sender', sender);
  let logged = 0;
  const log = (): void => sender.send({ level: 'INFO', message: `entry ${++logged} ${'x'.repeat(1_600)}` });
  return { clock, server, sender, dlqPath, posts, log };
}

/** The most requests in any stretch of ten minutes. */
function busiestTenMinutes(posts: readonly { at: number }[]): number {
  return Math.max(
    ...posts.map(({ at }) => posts.filter((post) => post.at >= at && post.at < at + 10 * MINUTE).length),
  );
}

it(`${HOURS} hours without a server cost few requests, and what the disk cap drops is counted (seed ${seed})`, async () => {
  const { clock, server, sender, dlqPath, posts, log } = startOutage();
  server.mode = { kind: 'reset', stores: false };
  for (let count = 0; count < ENTRIES; count++) {
    log();
    await advance(clock, (HOURS * HOUR) / ENTRIES);
  }
  const outage = sender.stats();
  const kept = readDeadLetters(dlqPath).entries;
  expect(outage).toMatchObject({ accepted: ENTRIES, delivered: 0, deadLettered: kept.length, pending: 0 });
  expect(outage.drops).toMatchObject({ 'dlq-full': ENTRIES - kept.length, 'dlq-error': 0, 'buffer-full': 0 });
  expect(outage.drops['dlq-full']).toBeGreaterThan(ENTRIES / 2);
  // The newest are kept, without a gap.
  const seqs = kept.map(({ id }) => Number(id.split('-')[1])).toSorted((a, b) => a - b);
  expect(seqs).toEqual(Array.from(seqs, (_, index) => ENTRIES - kept.length + 1 + index));
  expect(busiestTenMinutes(posts)).toBeLessThanOrEqual(60);

  server.mode = { kind: 'well' };
  server.latency = 200;
  const isBack = (): boolean => posts.at(-1)!.entries.length > 0;
  await advance(clock, MINUTE, isBack);
  expect(isBack()).toBe(true);
  const before = posts.length;
  // Twice as many as one request at a time can take.
  for (let second = 0; second < 120; second++) {
    for (let count = 0; count < 100; count++) log();
    await advance(clock, 1_000);
  }
  const letters = new Set(kept.map(({ id }) => id));
  const isReplay = ({ entries: some }: Post): boolean => some.some(({ id }) => letters.has(id));
  const sends = posts.slice(before).filter((post) => post.entries.length > 0);
  const replays = sends.flatMap((post, index) => (isReplay(post) ? [index] : []));
  expect(replays.length).toBeGreaterThan(20);
  // Live entries wait all the time, so between two replays are three live batches.
  const first = replays[0]!;
  expect(
    replays
      .slice(1)
      .map((at, index) => at - replays[index]!)
      .filter((gap) => gap < 4),
  ).toEqual([]);
  expect(replays.length / (sends.length - first)).toBeLessThanOrEqual(0.26);

  await advance(clock, HOUR);
  const closing = sender.close();
  await advance(clock, MINUTE);
  await closing;
  const { accepted, delivered, deadLettered, dropped, pending } = sender.stats();
  expect({ deadLettered, pending, dropped }).toEqual({
    deadLettered: 0,
    pending: 0,
    dropped: outage.dropped,
  });
  expect(delivered).toBe(accepted - dropped);
  expect([...server.told].filter((id) => !/-s\d+$/.test(id))).toHaveLength(delivered);
  expect(readDeadLetters(dlqPath).entries).toEqual([]);
});
