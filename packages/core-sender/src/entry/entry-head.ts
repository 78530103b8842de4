import type { EntryMint } from './entry-mint.ts';
import type { Level } from './entry.ts';
import type { Place } from './origin.ts';

/** Numbers up to here are taken apart by 32-bit arithmetic. */
const MAX_NUMBER = 2 ** 31;

const MICROS_DIGITS = 6;

/** A head as bytes, and where in it the digits stand that change. */
interface Head {
  bytes: Buffer;
  numberEnd: number;
  microsEnd: number;
  /** What all else in it was made of. */
  second: number;
  origin: string;
  /** The numbers that have as many digits end before this one. */
  limit: number;
}

/**
 * What every entry begins with, as bytes: id, level, timestamp, origin. From one entry to the next only some digits
 * change, so the last head of each level is kept, and they are written over in it.
 */
export class EntryHead {
  readonly #mint: EntryMint;
  readonly #heads = new Map<Level, Head>();

  constructor(mint: EntryMint) {
    this.#mint = mint;
  }

  /** The head for the time the mint's stamps are at; to be copied before the next one is asked for. */
  next(level: Level, seq: number, place: Place): Buffer {
    const { stamps } = this.#mint;
    const origin = this.#mint.origin.toJson(place);
    const head = this.#heads.get(level);
    if (!head || seq >= head.limit || head.second !== stamps.second || head.origin !== origin) {
      return this.#make(level, seq, origin).bytes;
    }
    writeDigits(head.bytes, head.numberEnd, seq, 1);
    writeDigits(head.bytes, head.microsEnd, stamps.micros, MICROS_DIGITS);
    return head.bytes;
  }

  #make(level: Level, seq: number, origin: string): Head {
    const { stamps } = this.#mint;
    const id = `{"id":"${this.#mint.id(seq)}`;
    const time = `","level":"${level}","timestamp":"${stamps.secondText}`;
    const micros = String(stamps.micros).padStart(MICROS_DIGITS, '0');
    const head = {
      bytes: Buffer.from(`${id}${time}${micros}Z",${origin}`),
      numberEnd: id.length,
      microsEnd: id.length + time.length + MICROS_DIGITS,
      second: stamps.second,
      origin,
      limit: seq < MAX_NUMBER ? Math.min(10 ** String(seq).length, MAX_NUMBER) : 0,
    };
    this.#heads.set(level, head);
    return head;
  }
}

/** Writes the digits of `number` so that they end at `end`, and at least so many. */
function writeDigits(bytes: Buffer, end: number, number: number, least: number): void {
  let rest = number | 0;
  for (let at = end - 1; rest > 0 || at >= end - least; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
}
