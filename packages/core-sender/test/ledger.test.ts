import { describe, expect, it } from 'vitest';
import { Ledger, type Receipt } from '../src/report/ledger.ts';
import { encodedEntry } from './support.ts';

function accept(ledger: Ledger, count: number) {
  return Array.from({ length: count }, () => encodedEntry(ledger.accept()));
}

function counts({ accepted, delivered, deadLettered, dropped, pending }: Ledger) {
  return { accepted, delivered, deadLettered, dropped, pending };
}

async function isDone(receipt: Promise<Receipt>): Promise<boolean> {
  return Promise.race([
    receipt.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ]);
}

describe('the ledger', () => {
  it('numbers records from 1 and counts them as pending', () => {
    const ledger = new Ledger();
    expect([ledger.accept(), ledger.accept()]).toEqual([1, 2]);
    expect(counts(ledger)).toEqual({ accepted: 2, delivered: 0, deadLettered: 0, dropped: 0, pending: 2 });
  });

  it('counts each end once, the first', () => {
    const ledger = new Ledger();
    const [a, b] = accept(ledger, 2);
    expect(ledger.settle([a!], 'delivered')).toBe(1);
    expect(ledger.settle([a!, b!], 'deadLettered')).toBe(1);
    expect(ledger.settle([a!, b!], 'closed')).toBe(0);
    expect(counts(ledger)).toEqual({ accepted: 2, delivered: 1, deadLettered: 1, dropped: 0, pending: 0 });
  });

  it('counts drops by reason', () => {
    const ledger = new Ledger();
    ledger.refuse(ledger.accept(), 'rate-limit');
    ledger.settle(accept(ledger, 2), 'buffer-full');
    expect(ledger.drops).toEqual({
      'buffer-full': 2,
      'dlq-full': 0,
      'dlq-error': 0,
      oversize: 0,
      'rate-limit': 1,
      closed: 0,
      rejected: 0,
      internal: 0,
    });
    expect(ledger.dropped).toBe(3);
  });

  it('moves dead letters on to delivered or dropped', () => {
    const ledger = new Ledger();
    ledger.settle(accept(ledger, 5), 'deadLettered');
    ledger.redeem(2);
    ledger.forfeit(1, 'dlq-full');
    expect(counts(ledger)).toEqual({ accepted: 5, delivered: 2, deadLettered: 2, dropped: 1, pending: 0 });
  });
});

describe('a receipt', () => {
  it('comes at once when nothing is pending', async () => {
    const ledger = new Ledger();
    expect(await ledger.receipt()).toEqual({ delivered: 0, deadLettered: 0, dropped: 0 });
    ledger.settle(accept(ledger, 2), 'delivered');
    expect(await ledger.receipt()).toEqual({ delivered: 2, deadLettered: 0, dropped: 0 });
  });

  it('waits for everything accepted before it, and for nothing after', async () => {
    const ledger = new Ledger();
    const [a, b, c] = accept(ledger, 3);
    ledger.settle([a!], 'delivered');
    const receipt = ledger.receipt();
    const [late] = accept(ledger, 1);
    ledger.settle([b!], 'deadLettered');
    ledger.settle([late!], 'delivered');
    expect(await isDone(receipt)).toBe(false);
    ledger.settle([c!], 'closed');
    expect(await receipt).toEqual({ delivered: 1, deadLettered: 1, dropped: 1 });
    expect(ledger.pending).toBe(0);
  });

  it('counts what is refused while it is waited for only if it came before', async () => {
    const ledger = new Ledger();
    const early = ledger.accept();
    const receipt = ledger.receipt();
    ledger.refuse(ledger.accept(), 'oversize');
    expect(await isDone(receipt)).toBe(false);
    ledger.refuse(early, 'closed');
    expect(await receipt).toEqual({ delivered: 0, deadLettered: 0, dropped: 1 });
  });

  it('is given to each of those who wait', async () => {
    const ledger = new Ledger();
    const [a] = accept(ledger, 1);
    const first = ledger.receipt();
    const [b] = accept(ledger, 1);
    const second = ledger.receipt();
    ledger.settle([b!, a!], 'delivered');
    expect(await Promise.all([first, second])).toEqual([
      { delivered: 1, deadLettered: 0, dropped: 0 },
      { delivered: 2, deadLettered: 0, dropped: 0 },
    ]);
  });
});
