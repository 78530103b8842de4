import type { JsonBytes } from './encoded-entry.ts';

/** One entry in a ring keeps its whole chunk in memory: small, and yet room for some hundred entries. */
const CHUNK_BYTES = 128 * 1024;

/** From this size on counting the bytes of a text costs less than the room it might not need. */
const COUNTED_FROM = 16 * 1024;

const COMMA = 0x2c;

/**
 * Writes entries one behind the other into chunks of memory, a comma before each: what is sent in the order in which
 * it was written is copied into a request in one go (`encode-body.ts`). A chunk is freed with the last of its entries.
 */
export class EntryChunks {
  /** Where {@link reserve} said there is room. */
  chunk: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** Writes an entry. */
  write(json: string): JsonBytes {
    // A UTF-16 unit is at most three bytes of UTF-8.
    const most = json.length * 3;
    const at = this.reserve(most < COUNTED_FROM ? most : Buffer.byteLength(json));
    return this.commit(this.chunk.write(json, at));
  }

  /** Makes room for an entry of at most `bytes` in `chunk`; gives the offset at which it is to start. */
  reserve(bytes: number): number {
    if (this.#end + 1 + bytes > this.chunk.length) {
      this.chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes + 1));
      this.#end = 0;
    }
    this.chunk[this.#end] = COMMA;
    this.#start = this.#end + 1;
    return this.#start;
  }

  /** The entry that was written at the offset {@link reserve} gave, in so many bytes. */
  commit(bytes: number): JsonBytes {
    this.#end = this.#start + bytes;
    return { chunk: this.chunk, start: this.#start, bytes };
  }
}
