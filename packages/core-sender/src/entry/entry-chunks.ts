import { type JsonBytes, toJsonBytes } from './encoded-entry.ts';

/** One entry in a ring keeps its whole chunk in memory: small, and yet room for some hundred entries. */
const CHUNK_BYTES = 128 * 1024;

/** An entry that may be larger than this has a chunk of its own. */
const MAX_SHARED_BYTES = 16 * 1024;

const COMMA = 0x2c;

/**
 * Writes entries one behind the other into chunks of memory, a comma before each: what is sent in the order in which
 * it was written is copied into a request in one go (`encode-body.ts`). A chunk is freed with the last of its entries.
 */
export class EntryChunks {
  #chunk: Buffer = Buffer.alloc(0);
  #end = 0;

  write(json: string): JsonBytes {
    // A UTF-16 unit is at most three bytes of UTF-8.
    const most = json.length * 3 + 1;
    if (most > MAX_SHARED_BYTES) return toJsonBytes(json);
    if (this.#end + most > CHUNK_BYTES || this.#end === 0) {
      this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      this.#end = 0;
    }
    const chunk = this.#chunk;
    const start = this.#end + 1;
    chunk[start - 1] = COMMA;
    const bytes = chunk.write(json, start);
    this.#end = start + bytes;
    return { chunk, start, bytes };
  }
}
