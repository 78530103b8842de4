import { DROP_REASONS, type DropReason } from './ledger.ts';

/**
 * What has become of everything so far. At every instant
 * `accepted = delivered + deadLettered + dropped + pending`.
 */
export interface Stats {
  /** Records handed over that passed `level`. */
  accepted: number;
  /** Confirmed by the server. */
  delivered: number;
  /** On disk, to be replayed; those a replay of this sender delivers move to `delivered`. */
  deadLettered: number;
  /** Given up, for the reasons in `drops`. */
  dropped: number;
  drops: Readonly<Record<DropReason, number>>;
  /** Waiting or in flight. */
  pending: number;
  /** With `durable`: how many of the entries, from the first, no SIGKILL can take any more, on disk or at their end; else 0. */
  durable: number;
  /** Of the dead letters, those the server refused for good; they are not replayed by themselves. */
  rejected: number;
  /** Of the delivered, those whose answer broke off after its status. */
  unconfirmed: number;
  /** Dead letters of earlier processes that this one delivered. */
  replayed: number;
  /** Dead letters of earlier processes that this one gave up: to make room, or refused with no room for refused ones. */
  evicted: number;
  /** Requests made, retries and probes included. */
  requests: number;
  retries: number;
  /** JSON sent, before gzip. */
  rawBytes: number;
  /** Bodies sent, as they were on the wire. */
  wireBytes: number;
}

/** Of a sender that has done nothing. */
export const NO_STATS: Stats = {
  accepted: 0,
  delivered: 0,
  deadLettered: 0,
  dropped: 0,
  drops: sumDrops([]),
  pending: 0,
  durable: 0,
  rejected: 0,
  unconfirmed: 0,
  replayed: 0,
  evicted: 0,
  requests: 0,
  retries: 0,
  rawBytes: 0,
  wireBytes: 0,
};

/** The counts of several senders as those of one. */
export function sumStats(all: readonly Stats[]): Stats {
  const { drops: _, ...counts } = NO_STATS;
  const sums = Object.keys(counts).map((name) => [
    name,
    all.reduce((sum, stats) => sum + stats[name as keyof typeof counts], 0),
  ]);
  return { ...(Object.fromEntries(sums) as typeof counts), drops: sumDrops(all) };
}

function sumDrops(all: readonly Stats[]): Record<DropReason, number> {
  const sums = DROP_REASONS.map((reason) => [reason, all.reduce((sum, { drops }) => sum + drops[reason], 0)]);
  return Object.fromEntries(sums) as Record<DropReason, number>;
}
