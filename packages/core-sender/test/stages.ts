import fs from 'node:fs';
import { afterTest } from '../../../test/kit/after-test.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import { DeadLetterQueue } from '../src/dead-letters/dead-letter-queue.ts';
import { DurableLog } from '../src/dead-letters/durable-log.ts';
import { SegmentDirectory } from '../src/dead-letters/segment-directory.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { Attempts } from '../src/send/attempts.ts';
import type { Random } from '../src/send/backoff.ts';
import { type BatchOwner, Delivery } from '../src/send/delivery.ts';
import { HttpTransport } from '../src/send/http-transport.ts';
import { DEAD_ENDPOINT, IDENTITY, type SeenWarnings, optionsWith, seenWarnings } from './support.ts';

/** The stages of a sender, put together as `sender.ts` does, for tests of one of them. */

export function createTransport(given: SenderOptions): HttpTransport {
  const transport = new HttpTransport(optionsWith(given), 'tracehub-node test/1.0.0', systemClock);
  afterTest(() => transport.close());
  return transport;
}

export interface DeliveryKit {
  delivery: Delivery;
  traffic: { requests: number; retries: number; rawBytes: number; wireBytes: number; unconfirmed: number };
  seen: SeenWarnings;
}

/** A delivery over a real transport; without jitter, so that nothing waits. */
export function createDelivery(given: SenderOptions, random: Random = () => 0): DeliveryKit {
  const options = optionsWith(given);
  const traffic = { requests: 0, retries: 0, rawBytes: 0, wireBytes: 0, unconfirmed: 0 };
  const seen = seenWarnings();
  const attempts = new Attempts(createTransport(given), options, traffic);
  const delivery = new Delivery(attempts, options, systemClock, random, seen.warnings, () => {});
  afterTest(() => delivery.stop());
  return { delivery, traffic, seen };
}

/** An owner that writes down, by sequence number, what became of the entries. */
export class SeenEnds implements BatchOwner {
  readonly deliveredSeqs: number[] = [];
  readonly rejectedSeqs: number[] = [];
  readonly keptSeqs: number[] = [];
  readonly reasons: string[] = [];

  delivered(entries: readonly EncodedEntry[]): void {
    this.deliveredSeqs.push(...entries.map(({ seq }) => seq));
  }

  rejected(entries: readonly EncodedEntry[], reason: string): Promise<void> {
    this.rejectedSeqs.push(...entries.map(({ seq }) => seq));
    this.reasons.push(reason);
    return Promise.resolve();
  }

  kept(entries: readonly EncodedEntry[], reason: string): Promise<void> {
    this.keptSeqs.push(...entries.map(({ seq }) => seq));
    this.reasons.push(reason);
    return Promise.resolve();
  }

  /** Every entry that came to an end, in order. */
  get all(): number[] {
    return [...this.deliveredSeqs, ...this.rejectedSeqs, ...this.keptSeqs].toSorted((a, b) => a - b);
  }
}

export interface QueueKit {
  queue: DeadLetterQueue;
  directory: SegmentDirectory;
  seen: SeenWarnings;
  /** Own letters dropped for room. */
  evicted: () => number;
  /** Letters that are there no more: of this sender and of others, and of those how many were deleted by somebody. */
  lost: { own: number; others: number; deleted: number };
}

export function createQueue(
  dlqPath: string,
  { maxDlqBytes = 256 * 1024 * 1024, apiKey = IDENTITY.apiKey as string, clock = systemClock as Clock } = {},
): QueueKit {
  const seen = seenWarnings(clock);
  const lost = { own: 0, others: 0, deleted: 0 };
  const directory = new SegmentDirectory(
    { dlqPath, maxDlqBytes, endpoint: DEAD_ENDPOINT, apiKey },
    clock,
    seen.warnings,
    (own, others, reason) => {
      lost.own += own;
      lost.others += others;
      if (reason === 'dlq-error') lost.deleted += own;
    },
  );
  const queue = new DeadLetterQueue(directory, clock, seen.warnings);
  afterTest(() => queue.close());
  return { queue, directory, seen, evicted: () => lost.own, lost };
}

export interface DurableKit extends QueueKit {
  log: DurableLog;
  /** How often it was said that entries may be sent. */
  written: () => number;
}

/** A durable log, with the dead-letter queue on the same directory. */
export function createDurableLog(
  dlqPath: string,
  { interval = 20, clock = systemClock as Clock, maxDlqBytes = 256 * 1024 * 1024 } = {},
): DurableKit {
  const kit = createQueue(dlqPath, { clock, maxDlqBytes });
  let written = 0;
  const log = new DurableLog(kit.directory, interval, clock, () => written++);
  afterTest(() => log.close());
  return { ...kit, log, written: () => written };
}

/** Claims and finishes everything that waits; the sequence numbers out of the entries' ids, in order. */
export async function replayAll(queue: DeadLetterQueue): Promise<number[]> {
  const seqs: number[] = [];
  for (let claim = await queue.claim(); claim; claim = await queue.claim()) {
    seqs.push(...claim.entries.map(({ json }) => seqOf(json)));
    await queue.finish(claim);
  }
  return seqs;
}

export function seqOf(json: string): number {
  return Number((JSON.parse(json) as { id: string }).id.split('-')[1]);
}

/** What lies in a directory, sorted. */
export function files(path: string): string[] {
  return fs.readdirSync(path).toSorted();
}

/** The segments in a directory, whatever their state. */
export function segments(path: string): string[] {
  return files(path).filter((file) => file.includes('.seg') || file.endsWith('.open'));
}
