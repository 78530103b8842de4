import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EncodedEntry } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import {
  DROP_REASONS,
  Ledger,
  type Receipt,
  type Settled,
} from '../../packages/core-sender/src/report/ledger.ts';
import { seed } from '../crash/kit/size.ts';
import { entryWith } from '../kit/encoded-entries.ts';
import { runHistories } from './run-histories.ts';

interface Awaited {
  acceptedAtFlush: number;
  receipt: Receipt | undefined;
}

interface World {
  ledger: Ledger;
  /** Entries that were settled may be settled again: only the first counts. */
  entries: EncodedEntry[];
  ends: Map<number, Settled>;
  accepted: number;
  redeemed: number;
  forfeited: number;
  receipts: Awaited[];
  /** What settling gave, and what it should have. */
  settled: [number, number][];
}

type Step = (world: World) => void;

const settledAs = fc.constantFrom<Settled>('delivered', 'deadLettered', ...DROP_REASONS);
const reason = fc.constantFrom(...DROP_REASONS);
const count = fc.integer({ min: 1, max: 6 });

const accept = count.map((entries): Step => (world) => {
  for (let index = 0; index < entries; index++) {
    world.entries.push(entryWith({ seq: world.ledger.accept() }));
    world.accepted++;
  }
});

const refuse = reason.map((why): Step => (world) => {
  const seq = world.ledger.accept();
  world.accepted++;
  world.ends.set(seq, why);
  world.ledger.refuse(seq, why);
});

const settle = fc
  .tuple(fc.array(fc.nat(), { maxLength: 8 }), settledAs)
  .map(([places, as]): Step => (world) => {
    if (world.entries.length === 0) return;
    const some = [...new Set(places.map((place) => world.entries[place % world.entries.length]!))];
    const fresh = some.filter(({ seq }) => !world.ends.has(seq));
    for (const { seq } of fresh) world.ends.set(seq, as);
    world.settled.push([world.ledger.settle(some, as), fresh.length]);
  });

const deadLetters = ({ ends, redeemed, forfeited }: World): number =>
  [...ends.values()].filter((end) => end === 'deadLettered').length - redeemed - forfeited;

const redeem = count.map((entries): Step => (world) => {
  const own = Math.min(entries, deadLetters(world));
  world.redeemed += own;
  world.ledger.redeem(own);
});

const forfeit = count.map((entries): Step => (world) => {
  const own = Math.min(entries, deadLetters(world));
  world.forfeited += own;
  world.ledger.forfeit(own, 'dlq-full');
});

const flush = fc.constant<Step>((world) => {
  const awaited: Awaited = { acceptedAtFlush: world.accepted, receipt: undefined };
  world.receipts.push(awaited);
  void world.ledger.receipt().then((receipt) => (awaited.receipt = receipt));
});

function expectBalanced({ ledger, accepted, ends, redeemed, forfeited }: World): void {
  const endedAs = (...wanted: string[]): number =>
    [...ends.values()].filter((end) => wanted.includes(end)).length;
  const { delivered, deadLettered, dropped, pending } = ledger;
  expect(delivered + deadLettered + dropped + pending).toBe(accepted);
  expect({ accepted: ledger.accepted, delivered, deadLettered, dropped }).toEqual({
    accepted,
    delivered: endedAs('delivered') + redeemed,
    deadLettered: endedAs('deadLettered') - redeemed - forfeited,
    dropped: endedAs(...DROP_REASONS) + forfeited,
  });
  expect(Object.values(ledger.drops).reduce((all, some) => all + some, 0)).toBe(dropped);
}

it(`the ledger balances after every step, and each receipt adds up to what was accepted before it (seed ${seed})`, async () => {
  const steps = fc.array(fc.oneof(accept, accept, settle, settle, refuse, redeem, forfeit, flush), {
    maxLength: 100,
  });
  const property = fc.asyncProperty(steps, async (all) => {
    const world: World = {
      ledger: new Ledger(),
      entries: [],
      ends: new Map(),
      accepted: 0,
      redeemed: 0,
      forfeited: 0,
      receipts: [],
      settled: [],
    };
    for (const step of all) {
      step(world);
      expectBalanced(world);
    }
    await Promise.resolve();
    const firstPending =
      world.entries.find(({ seq }) => !world.ends.has(seq))?.seq ?? Number.POSITIVE_INFINITY;
    for (const { acceptedAtFlush, receipt } of world.receipts) {
      expect(receipt !== undefined).toBe(acceptedAtFlush < firstPending);
    }
    for (const [given, expected] of world.settled) expect(given).toBe(expected);
    world.ledger.settle(world.entries, 'delivered');
    expect(world.ledger.pending).toBe(0);
    await Promise.resolve();
    for (const { acceptedAtFlush, receipt } of world.receipts) {
      expect(receipt && receipt.delivered + receipt.deadLettered + receipt.dropped).toBe(acceptedAtFlush);
    }
  });
  await expect(runHistories(property, { ci: 1_000, full: 20_000 })).resolves.toBeUndefined();
});
