import { MAX_AGE_MS, MAX_AHEAD_MS } from './limits.ts';

/** A time as the server stores it, and what the record said if that was not used. */
export interface Stamp {
  /** UTC, ISO 8601, six fraction digits. */
  text: string;
  year: number;
  /** The record's own time when it was unusable, too old or too far ahead. */
  original: unknown;
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

/** '000' to '999'. */
const THREE_DIGITS: readonly string[] = Array.from({ length: 1_000 }, (_, index) =>
  String(index).padStart(3, '0'),
);

/**
 * Makes the timestamps of one sender. The server sorts by timestamp only, so the last three of the six digits
 * count the entries of one millisecond; they never move an entry out of its millisecond.
 */
export class TimestampMaker {
  /** The second last stamped, in epoch seconds and as text up to the point. */
  second: number = Number.NaN;
  secondText = '';
  /** What goes behind the point: the millisecond and the count of its entries. */
  micros = 0;
  year = 0;
  #lastMs = Number.NaN;
  #order = 0;

  /** The stamp for a record that says `time`, made at `now` (epoch ms). */
  make(time: unknown, now: number): Stamp {
    const named = this.#timeInSecond(time) ?? timeToMs(time);
    if (named !== undefined && isStorable(named, now)) return this.#stamp(named, undefined);
    // A replaced Date.now can give fractions.
    return this.#stamp(Math.floor(now), time ?? undefined);
  }

  /** Goes on to the entry of that millisecond that comes next. */
  advance(ms: number): void {
    this.#order = ms === this.#lastMs ? Math.min(this.#order + 1, 999) : 0;
    this.#lastMs = ms;
    const second = Math.floor(ms / 1000);
    // Formatting a Date costs more than all the rest of a stamp, so a second's text is kept.
    if (second !== this.second) {
      const date = new Date(second * 1000);
      this.second = second;
      this.secondText = date.toISOString().slice(0, -4);
      this.year = date.getUTCFullYear();
    }
    this.micros = (ms - second * 1000) * 1000 + this.#order;
  }

  /** A time in the form of `toISOString`, in the second last stamped: parsing a date costs as much as half an entry. */
  #timeInSecond(time: unknown): number | undefined {
    if (typeof time !== 'string' || time.length !== ISO_LENGTH || this.secondText === '') return undefined;
    const rest = time.startsWith(this.secondText) ? time.slice(this.secondText.length) : '';
    return MILLISECONDS.test(rest) ? this.second * 1000 + Number(rest.slice(0, 3)) : undefined;
  }

  #stamp(ms: number, original: unknown): Stamp {
    this.advance(ms);
    const { secondText, micros, year } = this;
    const text = `${secondText}${THREE_DIGITS[Math.floor(micros / 1000)]}${THREE_DIGITS[micros % 1000]}Z`;
    return { text, year, original };
  }
}

const ISO_LENGTH = '2026-11-22T10:00:00.123Z'.length;
const MILLISECONDS = /^\d{3}Z$/;
