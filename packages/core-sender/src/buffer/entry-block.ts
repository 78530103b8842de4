import { EncodedEntry } from '../entry/encoded-entry.ts';

/** Small enough that V8 makes the list of slots among the young objects. A power of two: places are taken apart by it. */
export const BLOCK_SLOTS = 1_024;

/**
 * So many neighbouring slots of the ring, the parts of their entries in columns of numbers: a hundred thousand waiting
 * entries are then a few arrays and not as many objects, which V8 would copy from space to space while the app logs.
 */
export class EntryBlock {
  /** The chunk of an entry whose rest is in the columns, or the entry itself. */
  readonly #slots: (Buffer | EncodedEntry | undefined)[];
  /** `seq` and `acceptedAt`. */
  readonly #doubles = new Float64Array(BLOCK_SLOTS * 2);
  /** `start`, `bytes` and `year`. */
  readonly #integers = new Int32Array(BLOCK_SLOTS * 3);

  constructor() {
    this.#slots = [];
    this.#slots.length = BLOCK_SLOTS;
  }

  /** Puts the parts of an entry; {@link at} gives another object that says the same. */
  putParts(slot: number, { seq, chunk, start, bytes, year, acceptedAt }: EncodedEntry): void {
    this.#slots[slot] = chunk;
    this.#doubles[slot * 2] = seq;
    this.#doubles[slot * 2 + 1] = acceptedAt;
    this.#integers[slot * 3] = start;
    this.#integers[slot * 3 + 1] = bytes;
    this.#integers[slot * 3 + 2] = year;
  }

  /** Puts the entry itself. */
  put(slot: number, entry: EncodedEntry): void {
    this.#slots[slot] = entry;
  }

  /** The entry in a slot that is not empty; from then on it is this object. */
  at(slot: number): EncodedEntry {
    const held = this.#slots[slot]!;
    if (held instanceof EncodedEntry) return held;
    const place = {
      chunk: held,
      start: this.#integers[slot * 3]!,
      bytes: this.#integers[slot * 3 + 1]!,
    };
    const [seq, acceptedAt] = [this.#doubles[slot * 2]!, this.#doubles[slot * 2 + 1]!];
    const entry = new EncodedEntry(seq, place, undefined, this.#integers[slot * 3 + 2]!, acceptedAt);
    this.#slots[slot] = entry;
    return entry;
  }

  clear(slot: number): void {
    this.#slots[slot] = undefined;
  }
}
