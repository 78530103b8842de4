import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { type Entry, type Sender, type SenderOptions, type Stats, createSender } from '@tracehub/core-sender';
import { expect } from 'vitest';
import { type Clock, systemClock } from '../../packages/core-sender/src/clock.ts';
import { afterTest } from '../kit/after-test.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import type { FaultServer } from '../kit/fault-server.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { senderOptions } from '../kit/sender-options.ts';

type Ports = NonNullable<Parameters<typeof createSender>[2]>;

/** A hundredth of the real backoff: 5 ms at first, 300 ms at most. */
export const quickPorts: Ports = { clock: systemClock, random: () => 0.01 };

/**
 * A clock that runs `factor` times as fast, for the waits of minutes and hours; only `close()` keeps its real time.
 * The server does not run faster, so `timeout` is to be given in proportion. Above some 200 the lease of the
 * dead-letter queue would go stale between two turns of the loop.
 */
export function fastClock(factor: number): Clock {
  const start = systemClock.now();
  const wall = systemClock.wall();
  const elapsed = (): number => (systemClock.now() - start) * factor;
  return {
    ...systemClock,
    now: () => start + elapsed(),
    wall: () => Math.floor(wall + elapsed()),
    schedule: (ms, task) => systemClock.schedule(ms / factor, task),
  };
}

/** Numbers in [0, 1) that are the same in every run of one seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The text of record `number`; it carries its own checksum. */
function recordText(number: number): string {
  return `record ${number} ${crc32(`record ${number}`).toString(16)}`;
}

/** The number of a record; throws for one that no test logged. */
export function recordNumber(entry: Entry): number {
  const number = Number(/^record (\d+) /.exec(entry.message)?.[1] ?? Number.NaN);
  if (entry.message.slice(0, 200) !== recordText(number))
    throw new Error(`torn record: ${entry.message.slice(0, 200)}`);
  return number;
}

/** Whether the app logged the entry: not a notice of drops by the sender itself. */
function isRecord({ module }: Entry): boolean {
  return module !== 'tracehub';
}

/** A sender under test, with what it was given. */
export interface Lane {
  readonly sender: Sender;
  readonly dlqPath: string;
  /** Codes of the warnings so far. */
  readonly warnings: string[];
  /** Logs `count` more records, numbered on from the last. */
  log(count: number): void;
  /** How many were logged. */
  readonly logged: number;
}

export interface LaneOptions extends Omit<SenderOptions, 'level' | 'dlqPath'> {
  dlqPath?: string | false;
  /** Number of the first record. Default 1. */
  from?: number;
}

/** Starts a sender that flushes after 20 ms and gives an attempt 1 s; its ledger is checked when the test ends. */
export function startLane(endpoint: string, options: LaneOptions = {}, ports: Ports = quickPorts): Lane {
  const { from = 1, ...given } = options;
  const { dlqPath } = senderOptions(endpoint);
  const complete = {
    ...senderOptions(endpoint, { flushInterval: 20, timeout: 1_000, closeTimeout: 1_000 }),
    dlqPath,
    ...given,
  };
  const warnings: string[] = [];
  const profile = {
    sdkVersion: 'faults/0.0.0',
    emitWarning: (warning: Error) => void warnings.push((warning as NodeJS.ErrnoException).code ?? ''),
  };
  const sender = createSender(complete, profile, ports);
  watchLedger(endpoint, sender);
  afterTest(async () => void (await sender.close()));
  let next = from;
  return {
    sender,
    dlqPath: complete.dlqPath || dlqPath,
    warnings,
    get logged() {
      return next - from;
    },
    log(count) {
      for (const end = next + count; next < end; next++) {
        sender.send({ level: 'INFO', message: recordText(next) });
      }
    },
  };
}

/** Waits until `ask` is true; fails after `ms`. */
export async function until(ask: () => boolean, what: string, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!ask()) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await sleep(2);
  }
}

/** Whether segments wait below `dlqPath`; by name only, for a look many times a second must not hold up the replay. */
export function hasSegments(dlqPath: string): boolean {
  return readdirSync(dlqPath, { recursive: true }).some((file) => /\.(seg|open)/.test(String(file)));
}

/** Where the records of a closed lane are. */
export interface Whereabouts {
  stored: Set<number>;
  waiting: Set<number>;
  rejected: Set<number>;
  stats: Stats;
}

/**
 * Closes the lane and checks that every record is on the server, on disk, or counted as dropped; that the ledger says
 * the same; and that no id was kept by the server more often than one attempt and its retries.
 */
export async function closeAndAccount(lane: Lane, server: FaultServer): Promise<Whereabouts> {
  await lane.sender.close();
  const stats = lane.sender.stats();
  const letters = readDeadLetters(lane.dlqPath);
  expect(letters.faults, 'damaged segments').toEqual([]);
  expect(server.faults, 'bodies no client may send').toEqual([]);
  const stored = new Set(server.stored().filter(isRecord).map(recordNumber));
  const waiting = new Set(letters.entries.map(recordNumber));
  const rejected = new Set(letters.rejected.map(recordNumber));
  const found = new Set([...stored, ...waiting, ...rejected]);

  expect(stats.accepted, 'accepted').toBe(lane.logged);
  expect(stats.pending, 'pending after close').toBe(0);
  expect(found.size, 'delivered, on disk or counted as dropped').toBe(lane.logged - stats.dropped);
  expect(letters.entries.length + letters.rejected.length, 'on disk').toBe(stats.deadLettered);
  expect(letters.rejected.length, 'rejected').toBe(stats.rejected);
  expect(stored.size, 'stored is at least what counts as delivered').toBeGreaterThanOrEqual(stats.delivered);
  const most = Math.max(0, ...[...server.ids.values()].map((id) => id.stored));
  expect(most, 'copies of one entry on the server').toBeLessThanOrEqual(1 + lane.sender.options.maxRetries);
  return { stored, waiting, rejected, stats };
}

/** Starts a sender on what another left behind, and waits until the server has all of `count` records. */
export async function replayAll(lane: Lane, server: FaultServer, count: number): Promise<void> {
  const next = startLane(server.url, { ...identity(lane), dlqPath: lane.dlqPath });
  await server.waitForStored(count);
  await until(() => !hasSegments(lane.dlqPath), 'the segments to be gone');
  await next.sender.close();
  expect(new Set(server.stored().map(recordNumber)).size, 'distinct records').toBe(count);
}

function identity(lane: Lane): { apiKey: string } {
  return { apiKey: lane.sender.options.apiKey };
}
