import type { Stats } from '@tracehub/core-sender';

interface Watched {
  name: string;
  stats: () => Stats;
}

const watched = new Set<Watched>();

/** Registers a sender or an adapter: when the test ends its ledger must balance. */
export function watchLedger(name: string, source: { stats(): Stats }): void {
  watched.add({ name, stats: () => source.stats() });
}

/** Lets go of all ledgers; gives what does not balance in them. */
export function checkLedgers(): string[] {
  const faults = [...watched].flatMap(({ name, stats }) =>
    ledgerFaults(stats()).map((fault) => `${name}: ${fault}`),
  );
  watched.clear();
  return faults;
}

/** What is wrong with the sums of a ledger (design.md 5.2). */
export function ledgerFaults(stats: Stats): string[] {
  const { accepted, delivered, deadLettered, dropped, pending, drops, rejected } = stats;
  const faults: string[] = [];
  const counts = { accepted, delivered, deadLettered, dropped, pending, ...drops };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 0) faults.push(`${name} is ${count}`);
  }
  const sum = delivered + deadLettered + dropped + pending;
  if (accepted !== sum) faults.push(`accepted ${accepted} is not ${sum}: ${JSON.stringify(stats)}`);
  const byReason = Object.values(drops).reduce((total, count) => total + count, 0);
  if (dropped !== byReason) faults.push(`dropped ${dropped} is not the sum of its reasons ${byReason}`);
  if (!(rejected >= 0 && rejected <= deadLettered))
    faults.push(`${rejected} of ${deadLettered} dead letters are rejected`);
  return faults;
}
