/** Random numbers in [0, 1); a port so that tests can fix them. */
export type Random = () => number;

/** First and longest wait of the exponential backoff, in ms. */
const BASE_MS = 500;
const CAP_MS = 30_000;

/** All three forms of an HTTP date start with the day of the week; `Date.parse` takes much else for a date. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)/i;

/** A longer Retry-After is treated as this. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Full jitter: anywhere between nothing and the doubled bound, so that many senders never come back together. On top
 * of a wait of `asked` ms, which a server asks of all of them alike, it is spread over as long again.
 */
export function backoffMs(failures: number, random: Random, asked = 0): number {
  const bound = Math.max(BASE_MS * 2 ** Math.min(failures - 1, 16), asked);
  return Math.floor(random() * Math.min(CAP_MS, bound));
}

/**
 * The wait a Retry-After header asks for, in ms: seconds or an HTTP date, at most an hour. Undefined for junk, for
 * negative numbers and for dates that have passed: the own backoff decides then.
 */
export function retryAfterToMs(header: string | undefined, wallNow: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - wallNow
      : NaN;
  return ms > 0 ? Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS) : undefined;
}

/** Share of retries to batches, and how many can be saved up. */
const RETRIES_PER_BATCH = 0.1;
const MAX_SAVED = 10;

/** Caps retries to a tenth of the batches: a server that refuses most requests is not asked ever more often. */
export class RetryBudget {
  #saved = MAX_SAVED;

  /** A new batch is being sent. */
  earn(): void {
    this.#saved = Math.min(this.#saved + RETRIES_PER_BATCH, MAX_SAVED);
  }

  /** Whether one retry may be made; takes it out of the budget. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
