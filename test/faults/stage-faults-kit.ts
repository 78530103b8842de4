import { expect } from 'vitest';
import type { FaultServer } from '../kit/fault-server.ts';
import {
  type Lane,
  type LaneOptions,
  type Whereabouts,
  closeAndAccount,
  fastClock,
  startLane,
  until,
} from './lane.ts';
import { type Plant, plant } from './stage-faults-plant.ts';

/** A stage, by the method in which the exception is planted. */
export interface Stage {
  name: string;
  plant: (times: number) => Plant;
  options?: LaneOptions;
  /** What every throw costs, as `internal`. Default 0: nothing. */
  dropped?: number;
  /** Throws of which one record is the reason. Default 1. */
  throwsPerRecord?: number;
  code?: string;
  /** Throws of one test. Default: no limit. */
  most?: number;
}

/** A stage that fails in a method of its class. */
export function stage<T extends object>(
  name: string,
  target: T,
  method: keyof T & string,
  more: Omit<Stage, 'name' | 'plant'> = {},
): Stage {
  return { name: `${name} (${method})`, plant: (times) => plant(target, method, times), ...more };
}

/** Entries logged in one go. */
export const BATCH = 10;
/** Throws of one test. */
export const HOW_LONG = { once: 1, 'for a while': 4 };

/** A minute, after which a directory that refused and what waits in it are tried again, passes in 0.6 s. */
const FACTOR = 100;
const FAST: LaneOptions = { flushInterval: 2_000, timeout: 100_000 };

/** A lane on a clock that runs a hundred times as fast. */
export function startFastLane(server: FaultServer, options: LaneOptions = {}): Lane {
  const ports = { clock: fastClock(FACTOR), random: () => 0.01 };
  return startLane(server.url, { ...FAST, ...options }, ports);
}

/** Logs batch after batch until the plant is spent; a log call that throws fails the test. */
export async function spend(planted: Plant, lane: Lane): Promise<void> {
  await until(() => {
    if (!planted.isSpent) lane.log(1);
    return planted.isSpent;
  }, 'the defect to be met');
}

/** Everything is accounted for, the app was told at most so often, and what came last was delivered. */
export async function expectGoesOn(
  lane: Lane,
  server: FaultServer,
  code = 'TRACEHUB_INTERNAL',
  most = 1,
): Promise<Whereabouts> {
  const first = lane.logged + 1;
  lane.log(BATCH);
  await lane.sender.flush();
  const ends = await closeAndAccount(lane, server);
  const later = Array.from({ length: BATCH }, (_, index) => first + index);
  expect(
    later.filter((number) => !ends.stored.has(number)),
    'later entries that were not delivered',
  ).toEqual([]);
  const told = lane.warnings.filter((warning) => warning === code).length;
  expect(told, `warnings ${code}`).toBeGreaterThan(0);
  expect(told, `warnings ${code}`).toBeLessThanOrEqual(most);
  return ends;
}

/** How many warnings of a kind a sender on the fast clock may give in the time since `start`. */
export function minutesSince(start: number): number {
  return 1 + Math.ceil(((performance.now() - start) * FACTOR) / 60_000);
}
