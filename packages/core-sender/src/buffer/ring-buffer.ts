import type { EncodedEntry } from '../entry/encoded-entry.ts';
import { EntryColumns } from './entry-columns.ts';

/** Slots of a ring that never was full. */
const FIRST_SLOTS = 1_024;

/**
 * The waiting entries, oldest first, bounded in entries and in bytes.
 *
 *      head (oldest)          tail = (head + length) % slots
 *        v                      v
 *   [ .  e  e  e  e  e  e  e  .  .  . ]
 *
 * The bytes of entries that were taken and are not settled yet (`held`) count against the byte limit too: memory
 * is bounded over waiting and in flight together. Making room is the caller's job, because a dropped entry must be
 * counted: while `!fits(entry)` shift one, then push.
 */
export class RingBuffer {
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #isShared: boolean;
  /** As many slots as were ever needed since the ring was last empty: an idle app does not pay for ten thousand. */
  #slots = new EntryColumns(FIRST_SLOTS);
  #head = 0;
  #length = 0;
  #bytes = 0;
  #heldBytes = 0;

  /** `isShared`: others hold the entries too, and get the same objects back. */
  constructor(capacity: number, maxBytes: number, isShared = false) {
    this.#capacity = capacity;
    this.#maxBytes = maxBytes;
    this.#isShared = isShared;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of the waiting entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the ring is at least half full, in entries or bytes. */
  get isUnderPressure(): boolean {
    return this.#length * 2 >= this.#capacity || (this.#bytes + this.#heldBytes) * 2 >= this.#maxBytes;
  }

  /** Whether the entry can be pushed. An empty ring takes any entry: one entry is at most 512 KiB. */
  fits(entry: EncodedEntry): boolean {
    if (this.#length === 0) return true;
    return this.#length < this.#capacity && this.#bytes + this.#heldBytes + entry.bytes <= this.#maxBytes;
  }

  push(entry: EncodedEntry): void {
    if (this.#length === this.#slots.size) this.#grow();
    const slot = this.#slot(this.#length);
    if (this.#isShared || entry.issueKey !== undefined) this.#slots.put(slot, entry);
    else this.#slots.putParts(slot, entry);
    this.#length++;
    this.#bytes += entry.bytes;
  }

  /** The oldest entry, still in the ring. */
  peek(): EncodedEntry | undefined {
    return this.#length === 0 ? undefined : this.#slots.at(this.#head);
  }

  /** Removes and returns the oldest entry. */
  shift(): EncodedEntry | undefined {
    const entry = this.peek();
    if (entry === undefined) return undefined;
    this.#slots.clear(this.#head);
    this.#head = this.#slot(1);
    this.#length--;
    this.#bytes -= entry.bytes;
    if (this.#length === 0 && this.#slots.size > FIRST_SLOTS) this.#slots = new EntryColumns(FIRST_SLOTS);
    if (this.#length === 0) this.#head = 0;
    return entry;
  }

  /** Puts entries back at the head, the last first, as long as they fit; gives those that did not. */
  putBack(entries: readonly EncodedEntry[]): EncodedEntry[] {
    const left = [...entries];
    this.release(left);
    for (let entry = left.at(-1); entry && this.fits(entry); entry = left.at(-1)) {
      left.pop();
      if (this.#length === this.#slots.size) this.#grow();
      this.#head = this.#slot(-1);
      this.#slots.put(this.#head, entry);
      this.#length++;
      this.#bytes += entry.bytes;
    }
    return left;
  }

  /** Removes and returns everything, oldest first. */
  takeAll(): EncodedEntry[] {
    const all: EncodedEntry[] = [];
    for (let entry = this.shift(); entry; entry = this.shift()) all.push(entry);
    return all;
  }

  /** Counts the bytes of entries that left the ring but are still in memory. */
  hold(entries: readonly EncodedEntry[]): void {
    for (const entry of entries) {
      entry.heldBytes = entry.bytes;
      this.#heldBytes += entry.bytes;
    }
  }

  /** The counterpart of {@link hold}, when those entries are settled; without effect on those that were put back. */
  release(entries: readonly EncodedEntry[]): void {
    for (const entry of entries) {
      this.#heldBytes -= entry.heldBytes;
      entry.heldBytes = 0;
    }
  }

  /** The slot that many places from the head on. */
  #slot(offset: number): number {
    return (this.#head + offset) & (this.#slots.size - 1);
  }

  #grow(): void {
    this.#slots = this.#slots.doubled(this.#head);
    this.#head = 0;
  }
}
