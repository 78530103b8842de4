import type { Stats } from '@tracehub/core-sender';
import { expect } from 'vitest';
import { ledgerFaults } from '../kit/ledger-check.ts';
import type { Flush, SenderWorld } from './sender-world.ts';

/** The sender, said plainly: every entry that was accepted is in one place, and the counts say how many are where. */
export interface SenderModel {
  accepted: number;
  isClosed: boolean;
  /** Entries logged after the close. */
  late: number;
}

/** Where the entries of a sender are, by their sequence numbers, as the server and the disk show it. */
interface Places {
  /** The server said it has them. */
  told: Set<number>;
  /** On disk, and not in `told`. */
  kept: Set<number>;
  /** Of those, the ones that are not replayed. */
  rejected: Set<number>;
  /** In none of these places: still in memory, or given up. */
  others: Set<number>;
}

/** Nothing here is broken. */
const UNEXPECTED = [
  'TRACEHUB_INTERNAL',
  'TRACEHUB_DLQ_UNUSABLE',
  'TRACEHUB_DLQ_DAMAGED',
  'TRACEHUB_DLQ_FULL',
];

/** After every step; `before` are the counts before it. */
export function expectSame(model: SenderModel, world: SenderWorld, before: Stats): void {
  const stats = world.sender.stats();
  const places = placesOf(model, world);
  expect(ledgerFaults(stats)).toEqual([]);
  expect(world.rules.violations).toEqual([]);
  expect(UNEXPECTED.filter((code) => world.warned.has(code))).toEqual([]);
  expect(stats).toMatchObject({
    accepted: model.accepted,
    delivered: places.told.size,
    rejected: places.rejected.size,
    replayed: 0,
    requests: world.server.requests,
    rawBytes: world.server.rawBytes,
  });
  expectPlaces(stats, places, world.history.durable);
  expectDrops(model, world, stats, before);
  for (const flush of world.flushes) expectReceipt(flush, stats, places, world.history.durable);
  if (world.closed) expect(stats.pending).toBe(0);
}

/** After a while with a server that is well: nothing is on its way, and only what was refused is on disk. */
export function expectRecovered(model: SenderModel, world: SenderWorld): void {
  const { kept, rejected, others } = placesOf(model, world);
  expect(world.sender.stats()).toMatchObject({
    pending: 0,
    delivered: model.accepted - rejected.size - others.size,
    deadLettered: rejected.size,
    dropped: others.size,
  });
  expect(kept).toEqual(rejected);
  expect(world.flushes.every(({ receipt }) => receipt)).toBe(true);
}

/** After the next sender: the server has everything that was neither refused nor given up by the one that closed with `last`. */
export function expectAllStored(model: SenderModel, world: SenderWorld, last: Stats): void {
  const { kept, rejected, others } = placesOf(model, world);
  expect(world.rules.violations).toEqual([]);
  expect(kept).toEqual(rejected);
  expect(others.size).toBe(last.dropped);
  expect([...world.server.told].filter((id) => !world.server.stored.has(id))).toEqual([]);
}

function placesOf({ accepted }: SenderModel, { server, letters }: SenderWorld): Places {
  const { entries, rejected: refusals, faults } = letters();
  expect(faults).toEqual([]);
  const told = seqsOf(server.told);
  const rejected = seqsOf(refusals.map(({ id }) => id));
  // No entry is refused for another's sake.
  const refused = seqsOf(server.refused);
  expect([...rejected].filter((seq) => !refused.has(seq))).toEqual([]);
  const kept = new Set([...seqsOf(entries.map(({ id }) => id)), ...rejected]);
  for (const seq of told) kept.delete(seq);
  const others = new Set<number>();
  for (let seq = 1; seq <= accepted; seq++) if (!told.has(seq) && !kept.has(seq)) others.add(seq);
  return { told, kept, rejected, others };
}

/** The app's own entries, by the end of their ids; those of the sender itself end otherwise. */
function seqsOf(ids: Iterable<string>): Set<number> {
  const seqs = new Set<number>();
  for (const id of ids) {
    const seq = /-(\d+)$/.exec(id)?.[1];
    if (seq !== undefined) seqs.add(Number(seq));
  }
  return seqs;
}

function expectPlaces(stats: Stats, { kept, others }: Places, isDurable: boolean): void {
  const { deadLettered, dropped, pending } = stats;
  expect(kept.size + others.size).toBe(deadLettered + pending + dropped);
  // With `durable` what is pending is on disk as well, or soon will be.
  if (isDurable && pending > 0) expect(kept.size).toBeGreaterThanOrEqual(deadLettered);
  else expect(kept.size).toBe(deadLettered);
}

function expectDrops(model: SenderModel, world: SenderWorld, stats: Stats, before: Stats): void {
  const { drops, pending } = stats;
  const { hasQueue, overflow, maxBuffer, concurrency, maxBatchEntries } = world.history;
  expect(drops).toMatchObject({ 'dlq-full': 0, 'dlq-error': 0, oversize: 0, 'rate-limit': 0, internal: 0 });
  if (hasQueue) expect(drops).toMatchObject({ closed: model.late, rejected: 0 });
  else expect(drops.rejected).toBeLessThanOrEqual(world.server.refused.size);
  if (hasQueue && overflow === 'spill') expect(drops['buffer-full']).toBe(0);
  if (drops['buffer-full'] > before.drops['buffer-full'])
    expect(before.pending + model.accepted - before.accepted).toBeGreaterThan(maxBuffer);
  // In flight: what is sent, and what is on its way to the disk.
  expect(pending).toBeLessThanOrEqual(maxBuffer + (concurrency + 1) * maxBatchEntries);
}

function expectReceipt(
  { upTo, receipt }: Flush,
  { dropped, pending }: Stats,
  places: Places,
  isDurable: boolean,
): void {
  const others = [...places.others].filter((seq) => seq <= upTo).length;
  if (receipt) {
    expect(receipt.delivered + receipt.deadLettered + receipt.dropped).toBe(upTo);
    expect(others).toBeLessThanOrEqual(dropped);
    return;
  }
  expect(pending).toBeGreaterThan(0);
  // Nothing was given up, so what is in no other place is still in memory: that is what the flush waits for.
  if (dropped === 0 && !isDurable) expect(others).toBeGreaterThan(0);
}
