import { MAX_AGE_MS, MAX_AHEAD_MS } from './limits.ts';

/** A time as the server stores it, and what the record said if that was not used. */
export interface Stamp {
  /** UTC, ISO 8601, six fraction digits. */
  text: string;
  year: number;
  /** The record's own time when it was unusable, too old or too far ahead. */
  original?: unknown;
}

/** Epoch seconds below this, epoch milliseconds above: 1e11 ms is March 1973, 1e11 s is the year 5138. */
const SECONDS_BELOW = 1e11;

/** The time a record names in epoch ms, or undefined if it names none. */
export function timeToMs(time: unknown): number | undefined {
  if (typeof time === 'number') return finite(time < SECONDS_BELOW ? time * 1000 : time);
  if (typeof time === 'object' && time !== null) return dateToMs(time);
  if (typeof time !== 'string') return undefined;
  return finite(/^\d{9,13}(\.\d+)?$/.test(time) ? timeToMs(Number(time)) : Date.parse(time));
}

/** Any realm's Date; a Proxy of one, or anything that cannot even be asked, names no time. */
function dateToMs(time: object): number | undefined {
  try {
    return finite(Date.prototype.getTime.call(time));
  } catch {
    return undefined;
  }
}

function finite(ms: number | undefined): number | undefined {
  return ms !== undefined && Number.isFinite(ms) ? Math.floor(ms) : undefined;
}

/** Whether the server has a partition for this time; outside them a whole batch is lost silently (contract.md 3). */
export function isStorable(ms: number, now: number): boolean {
  return ms >= now - MAX_AGE_MS && ms <= now + MAX_AHEAD_MS;
}

/**
 * Makes the timestamps of one sender. The server sorts by timestamp only, so the last three of the six digits
 * count the entries of one millisecond; they never move an entry out of its millisecond.
 */
export class TimestampMaker {
  #lastMs = Number.NaN;
  #order = 0;
  #lastSecond = Number.NaN;
  #secondText = '';
  #year = 0;

  /** The stamp for a record that says `time`, made at `now` (epoch ms). */
  make(time: unknown, now: number): Stamp {
    const named = timeToMs(time);
    if (named !== undefined && isStorable(named, now)) return this.#stamp(named);
    const stamp = this.#stamp(now);
    return time === undefined || time === null ? stamp : { ...stamp, original: time };
  }

  #stamp(ms: number): Stamp {
    this.#order = ms === this.#lastMs ? Math.min(this.#order + 1, 999) : 0;
    this.#lastMs = ms;
    const second = Math.floor(ms / 1000);
    // Formatting a Date costs more than all the rest of a stamp, so a second's text is kept.
    if (second !== this.#lastSecond) {
      const date = new Date(second * 1000);
      this.#lastSecond = second;
      this.#secondText = date.toISOString().slice(0, -4);
      this.#year = date.getUTCFullYear();
    }
    const micros = (ms - second * 1000) * 1000 + this.#order;
    return { text: `${this.#secondText}${String(micros).padStart(6, '0')}Z`, year: this.#year };
  }
}
