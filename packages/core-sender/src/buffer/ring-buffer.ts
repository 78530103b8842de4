import type { EncodedEntry } from '../entry/encoded-entry.ts';
import { BLOCK_SLOTS, EntryBlock } from './entry-block.ts';

/**
 * The waiting entries, oldest first, bounded in entries and in bytes. They lie in blocks of slots, which come and go
 * as they are needed: an idle app does not pay for ten thousand, and nothing is ever moved to a larger place, which
 * would hold up the log call that happens to ask for it.
 *
 *      head (oldest)                       tail = head + length
 *        v                                   v
 *   [ .  e  e  e ][ e  e  e  e ][ e  e  e  . ]
 *
 * The bytes of entries that were taken and are not settled yet (`held`) count against the byte limit too: memory
 * is bounded over waiting and in flight together. Making room is the caller's job, because a dropped entry must be
 * counted: while `!fits(entry)` shift one, then push.
 */
export class RingBuffer {
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #isShared: boolean;
  /** At least one. */
  readonly #blocks: EntryBlock[] = [new EntryBlock()];
  /** The block that was left last: in the long run one is enough, and none has to be made. */
  #spare: EntryBlock | undefined;
  /** Slot of the oldest entry in the first block. */
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
    const place = this.#head + this.#length;
    const slot = place % BLOCK_SLOTS;
    const last = (place - slot) / BLOCK_SLOTS;
    if (last === this.#blocks.length) this.#blocks.push(this.#freshBlock());
    const block = this.#blocks[last]!;
    if (this.#isShared || entry.issueKey !== undefined) block.put(slot, entry);
    else block.putParts(slot, entry);
    this.#length++;
    this.#bytes += entry.bytes;
  }

  /** The oldest entry, still in the ring. */
  peek(): EncodedEntry | undefined {
    return this.#length === 0 ? undefined : this.#blocks[0]!.at(this.#head);
  }

  /** Removes and returns the oldest entry. */
  shift(): EncodedEntry | undefined {
    const entry = this.peek();
    if (entry === undefined) return undefined;
    this.#blocks[0]!.clear(this.#head);
    this.#head++;
    this.#length--;
    this.#bytes -= entry.bytes;
    if (this.#length === 0) {
      this.#blocks.length = 1;
      this.#head = 0;
    } else if (this.#head === BLOCK_SLOTS) {
      this.#spare = this.#blocks.shift();
      this.#head = 0;
    }
    return entry;
  }

  /** Puts entries back at the head, the last first, as long as they fit; gives those that did not. */
  putBack(entries: readonly EncodedEntry[]): EncodedEntry[] {
    const left = [...entries];
    this.release(left);
    for (let entry = left.at(-1); entry && this.fits(entry); entry = left.at(-1)) {
      left.pop();
      if (this.#head === 0) {
        this.#blocks.unshift(this.#freshBlock());
        this.#head = BLOCK_SLOTS;
      }
      this.#head--;
      this.#blocks[0]!.put(this.#head, entry);
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

  #freshBlock(): EntryBlock {
    const block = this.#spare ?? new EntryBlock();
    this.#spare = undefined;
    return block;
  }
}
