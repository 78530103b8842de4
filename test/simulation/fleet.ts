import { resolveOptions } from '../../packages/core-sender/src/options/resolve-options.ts';
import type { SenderOptions } from '../../packages/core-sender/src/options/options.ts';
import { Cluster } from './cluster.ts';
import { LUMP } from './lump.ts';
import type { Scenario } from './scenarios.ts';
import { SimulatedSender } from './simulated-sender.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Log entries a second of one process. */
const RATE = 1_000;

/** Nodes for each process: two thirds of them are busy while all is well. */
const NODES_PER_SENDER = 0.032;

/** Seconds before the fault; those after the last letter was replayed; and those in which the last entries end. */
const WARM_UP = 30;
const AFTER = 20;
const SETTLE = 60;

/** A backlog that has not drained in this many seconds never will. */
const GIVE_UP = 7_200;

/** Defaults, but for batches of a size that fits such a rate; in lumps. */
const OPTIONS: SenderOptions = {
  apiKey: 'th_simulated',
  service: 'fleet',
  environment: 'test',
  endpoint: 'http://127.0.0.1:9',
  batchSize: 500 / LUMP,
  maxBatchEntries: 1_000 / LUMP,
  maxBuffer: 10_000 / LUMP,
};

/** What was seen; series have one number for each second. */
export interface Run {
  requests: number[];
  probes: number[];
  /** Entries that wait on the disks of the fleet at the end of each second. */
  backlog: number[];
  /** Seconds in which the fault began, and in which all of the cluster was well again. */
  fault: number;
  recovery: number;
  /** Seconds from then until no entry waited on a disk. */
  drain: number;
  /** Requests during the fault, of each sender. */
  requestsInFault: number[];
  accepted: number;
  delivered: number;
  deadLettered: number;
  dropped: number;
  pending: number;
  /** Entries the cluster stored: those whose answer came too late are stored twice. */
  stored: number;
  /** Most entries that waited on the disks at once. */
  worstBacklog: number;
  /** Replays sent while a full batch of live entries waited, and the live batches they had let go first, at most three each. */
  contended: number;
  yielded: number;
}

/** Lets `size` senders live through the scenario. */
export async function runFleet(
  { phases }: Scenario,
  size: number,
  random: () => number,
  given: SenderOptions = {},
): Promise<Run> {
  const clock = new VirtualClock();
  const { options } = resolveOptions({ ...OPTIONS, ...given }, {});
  const cluster = new Cluster(clock, size * NODES_PER_SENDER, options.timeout);
  const fleet = Array.from(
    { length: size },
    () => new SimulatedSender(cluster.post, clock, random, options, (1_000 * LUMP) / RATE),
  );
  const sum = (of: (sender: SimulatedSender) => number): number =>
    fleet.reduce((total, sender) => total + of(sender), 0);
  const backlog: number[] = [];
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000);
      backlog.push(LUMP * sum(({ ledger }) => ledger.deadLettered));
    }
  };

  await pass(WARM_UP);
  const before = fleet.map(({ traffic }) => traffic.requests);
  for (const { seconds, weather } of phases) {
    cluster.weather = weather;
    await pass(seconds);
  }
  const requestsInFault = fleet.map(({ traffic }, index) => traffic.requests - before[index]!);
  cluster.weather = { kind: 'serves', share: 1 };
  const recovery = backlog.length;
  do await pass(1);
  while (backlog.at(-1)! > 0 && backlog.length < recovery + GIVE_UP);
  const drain = backlog.length - recovery;
  await pass(AFTER);
  const { length } = backlog;
  for (const sender of fleet) sender.silence();
  await pass(SETTLE);

  return {
    requests: cluster.requests.slice(0, length),
    probes: cluster.probes.slice(0, length),
    backlog: backlog.slice(0, length),
    fault: WARM_UP,
    recovery,
    drain,
    requestsInFault,
    accepted: LUMP * sum(({ ledger }) => ledger.accepted),
    delivered: LUMP * sum(({ ledger }) => ledger.delivered),
    deadLettered: LUMP * sum(({ ledger }) => ledger.deadLettered),
    dropped: LUMP * sum(({ ledger }) => ledger.dropped),
    pending: LUMP * sum(({ ledger }) => ledger.pending),
    stored: cluster.stored.reduce((total, count) => total + count, 0),
    worstBacklog: Math.max(...backlog),
    contended: sum(({ contended }) => contended),
    yielded: sum(({ yielded }) => yielded),
  };
}
