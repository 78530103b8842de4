import { EncodedEntry } from '../entry/encoded-entry.ts';

/**
 * The slots of a ring. What is the same for all entries lies in columns of numbers: a hundred thousand waiting entries
 * are then a few arrays and not as many objects, which V8 would copy from space to space while the app logs.
 */
export class EntryColumns {
  /** How many slots there are; a power of two. */
  readonly size: number;
  /** The chunk of an entry whose rest is in the columns, or the entry itself. */
  readonly #slots: (Buffer | EncodedEntry | undefined)[];
  /** `seq` and `acceptedAt`. */
  readonly #doubles: Float64Array;
  /** `start`, `bytes` and `year`. */
  readonly #integers: Int32Array;

  constructor(size: number) {
    this.size = size;
    this.#slots = [];
    this.#slots.length = size;
    this.#doubles = new Float64Array(size * 2);
    this.#integers = new Int32Array(size * 3);
  }

  /** Puts the parts of an entry; {@link take} gives another object that says the same. */
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
    const integer = (column: number): number => this.#integers[slot * 3 + column]!;
    const place = { chunk: held, start: integer(0), bytes: integer(1) };
    const [seq, acceptedAt] = [this.#doubles[slot * 2]!, this.#doubles[slot * 2 + 1]!];
    const entry = new EncodedEntry(seq, place, undefined, integer(2), acceptedAt);
    this.#slots[slot] = entry;
    return entry;
  }

  clear(slot: number): void {
    this.#slots[slot] = undefined;
  }

  /** The same slots from `first` on, around the end, as the first of twice as many. */
  doubled(first: number): EntryColumns {
    const { size } = this;
    const twice = new EntryColumns(size * 2);
    const rest = size - first;
    for (let slot = 0; slot < size; slot++) twice.#slots[slot] = this.#slots[(first + slot) % size];
    twice.#doubles.set(this.#doubles.subarray(first * 2));
    twice.#doubles.set(this.#doubles.subarray(0, first * 2), rest * 2);
    twice.#integers.set(this.#integers.subarray(first * 3));
    twice.#integers.set(this.#integers.subarray(0, first * 3), rest * 3);
    return twice;
  }
}
