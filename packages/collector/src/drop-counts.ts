/** Reasons in one report that are looked at; senders know fewer than ten. */
const maxReasons = 20;

/**
 * How many entries a sender says it gave up for each reason: `extra.tracehub_dropped` of an entry of its own. Read
 * as far as it can be believed, since anybody with a key can write one.
 */
export function toDropCounts(dropped: unknown): [reason: string, count: number][] {
  const pairs = typeof dropped === 'object' && dropped !== null ? Object.entries(dropped) : [];
  return pairs.filter((pair): pair is [string, number] => isCount(pair[1])).slice(0, maxReasons);
}

/** All of them together. */
export function sumOfDrops(counts: readonly [reason: string, count: number][]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
