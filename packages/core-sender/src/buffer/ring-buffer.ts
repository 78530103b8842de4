import type { EncodedEntry } from '../entry/encoded-entry.ts';

/**
 * The waiting entries, oldest first, bounded in entries and in bytes.
 *
 *      head (oldest)          tail = (head + length) % capacity
 *        v                      v
 *   [ .  e  e  e  e  e  e  e  .  .  . ]
 *
 * The bytes of entries that were taken and are not settled yet (`held`) count against the byte limit too: memory
 * is bounded over waiting and in flight together. Making room is the caller's job, because a dropped entry must be
 * counted: while `!fits(entry)` shift one, then push.
 */
export class RingBuffer {
  readonly #slots: (EncodedEntry | undefined)[];
  readonly #maxBytes: number;
  #head = 0;
  #length = 0;
  #bytes = 0;
  #heldBytes = 0;
  readonly #held = new Map<EncodedEntry, number>();

  constructor(capacity: number, maxBytes: number) {
    // Grows by use up to capacity: an idle app does not pay for ten thousand slots.
    this.#slots = [];
    this.#slots.length = capacity;
    this.#maxBytes = maxBytes;
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
    return this.#length * 2 >= this.#slots.length || (this.#bytes + this.#heldBytes) * 2 >= this.#maxBytes;
  }

  /** Whether the entry can be pushed. An empty ring takes any entry: one entry is at most 512 KiB. */
  fits(entry: EncodedEntry): boolean {
    if (this.#length === 0) return true;
    return this.#length < this.#slots.length && this.#bytes + this.#heldBytes + entry.bytes <= this.#maxBytes;
  }

  push(entry: EncodedEntry): void {
    this.#slots[(this.#head + this.#length) % this.#slots.length] = entry;
    this.#length++;
    this.#bytes += entry.bytes;
  }

  /** The oldest entry, still in the ring. */
  peek(): EncodedEntry | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head];
  }

  /** Removes and returns the oldest entry. */
  shift(): EncodedEntry | undefined {
    const entry = this.peek();
    if (entry === undefined) return undefined;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#length--;
    this.#bytes -= entry.bytes;
    return entry;
  }

  /** Puts entries back at the head, the last first, as long as they fit; gives those that did not. */
  putBack(entries: readonly EncodedEntry[]): EncodedEntry[] {
    const left = [...entries];
    this.release(left);
    for (let entry = left.at(-1); entry && this.fits(entry); entry = left.at(-1)) {
      left.pop();
      this.#head = (this.#head + this.#slots.length - 1) % this.#slots.length;
      this.#slots[this.#head] = entry;
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
      this.#held.set(entry, entry.bytes);
      this.#heldBytes += entry.bytes;
    }
  }

  /** The counterpart of {@link hold}, when those entries are settled; without effect on those that were put back. */
  release(entries: readonly EncodedEntry[]): void {
    for (const entry of entries) {
      this.#heldBytes -= this.#held.get(entry) ?? 0;
      this.#held.delete(entry);
    }
  }
}
