import { type Gzip, type ZlibReset, constants, createGzip } from 'node:zlib';
import type { JsonBytes } from '../entry/encoded-entry.ts';

/** The wire size nginx in front of the server lets through is 1 MiB; this leaves room for headers (contract.md 4). */
export const MAX_WIRE_BYTES: number = 900 * 1024;

/** A request body and what must be said about it. */
export interface Body {
  bytes: Buffer;
  isGzipped: boolean;
  /** Size of the JSON before gzip. */
  rawBytes: number;
}

/** Packers that are kept for the next body; a burst may use more for a while. */
const MAX_SPARE = 2;

/** Joins serialised entries into JSON arrays, packed where a level is given. */
export class BodyEncoder {
  readonly #gzipLevel: number | undefined;
  readonly #spare: Packer[] = [];

  constructor(gzipLevel: number | undefined) {
    this.#gzipLevel = gzipLevel;
  }

  async encode(entries: readonly JsonBytes[]): Promise<Body> {
    const rawBytes = entries.reduce((sum, { bytes }) => sum + bytes + 1, 2);
    if (this.#gzipLevel === undefined) {
      const array = writeArray(entries, Buffer.allocUnsafe(rawBytes));
      return { bytes: array, isGzipped: false, rawBytes: array.length };
    }
    const packer = this.#spare.pop() ?? new Packer(this.#gzipLevel);
    const body = await packer.pack(entries, rawBytes);
    // One that failed is not used again.
    if (this.#spare.length < MAX_SPARE) this.#spare.push(packer);
    else packer.close();
    return body;
  }
}

/** Of what is packed, so many bytes are usually one turn of the event loop and of the pool. */
const CHUNK_BYTES = 128 * 1024;

/**
 * Packs one body at a time, in the libuv pool, off the calling thread. Kept from body to body are the state of zlib
 * (some 260 KB) and the room for the JSON: to ask the system for them anew costs more than to pack a small batch.
 */
class Packer {
  readonly #gzip: Gzip & ZlibReset;
  #room: Buffer = Buffer.alloc(0);
  #packed: Buffer[] = [];

  constructor(level: number) {
    // A body is one write, finished by it: a flush of its own would be a second turn of the pool, to wake which costs the
    // calling thread more than the copy. Its types leave out that it is a Deflate.
    const options = { level, chunkSize: CHUNK_BYTES, flush: constants.Z_FINISH };
    this.#gzip = createGzip(options) as Gzip & ZlibReset;
    // Whoever waits for a body hears of it; here only so that it is no uncaught one.
    this.#gzip.on('error', () => {});
    this.#gzip.on('data', (chunk: Buffer) => this.#packed.push(chunk));
  }

  async pack(entries: readonly JsonBytes[], rawBytes: number): Promise<Body> {
    if (this.#room.length < rawBytes)
      this.#room = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(rawBytes)));
    const array = writeArray(entries, this.#room);
    this.#packed = [];
    await new Promise<void>((resolve, reject) => {
      this.#gzip.once('error', reject);
      this.#gzip.write(array, (error) => {
        this.#gzip.off('error', reject);
        if (error) reject(error);
        else resolve();
      });
    });
    this.#gzip.reset();
    const [first, ...more] = this.#packed;
    const bytes = first && more.length === 0 ? first : Buffer.concat(this.#packed);
    return { bytes, isGzipped: true, rawBytes: array.length };
  }

  close(): void {
    this.#gzip.close();
  }
}

const [OPEN, COMMA, CLOSE] = [0x5b, 0x2c, 0x5d];

/** Writes the entries as an array from the start of `room`, and gives that part of it. */
function writeArray(entries: readonly JsonBytes[], room: Buffer): Buffer {
  room[0] = OPEN;
  let end = 1;
  for (let next = 0; next < entries.length;) {
    const first = entries[next]!;
    if (next > 0) room[end++] = COMMA;
    // Neighbours in a chunk have the comma between them already (`entry-chunks.ts`).
    let last = first;
    for (next++; next < entries.length && isBehind(entries[next]!, last); next++) last = entries[next]!;
    end += first.chunk.copy(room, end, first.start, last.start + last.bytes);
  }
  room[end] = CLOSE;
  return room.subarray(0, end + 1);
}

function isBehind(entry: JsonBytes, last: JsonBytes): boolean {
  return entry.chunk === last.chunk && entry.start === last.start + last.bytes + 1;
}
