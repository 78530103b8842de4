import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { JsonBytes } from '../entry/encoded-entry.ts';

const gzipInPool = promisify(gzip);

/** The wire size nginx in front of the server lets through is 1 MiB; this leaves room for headers (contract.md 4). */
export const MAX_WIRE_BYTES: number = 900 * 1024;

/** A request body and what must be said about it. */
export interface Body {
  bytes: Buffer;
  isGzipped: boolean;
  /** Size of the JSON before gzip. */
  rawBytes: number;
}

/** Joins serialised entries into the JSON array; gzip runs in the libuv pool, off the calling thread. */
export async function encodeBody(
  entries: readonly JsonBytes[],
  gzipLevel: number | undefined,
): Promise<Body> {
  const json = toArray(entries);
  if (gzipLevel === undefined) return { bytes: json, isGzipped: false, rawBytes: json.length };
  return {
    bytes: await gzipInPool(json, { level: gzipLevel, chunkSize: chunkSizeFor(json.length) }),
    isGzipped: true,
    rawBytes: json.length,
  };
}

/** Room for what is usually left of that much JSON: each further chunk is a turn of the event loop and of the pool. */
function chunkSizeFor(rawBytes: number): number {
  return Math.max(Math.ceil(rawBytes / 6), 4 * 1024);
}

const [OPEN, COMMA, CLOSE] = [0x5b, 0x2c, 0x5d];

function toArray(entries: readonly JsonBytes[]): Buffer {
  const array = Buffer.allocUnsafe(entries.reduce((sum, { bytes }) => sum + bytes + 1, 2));
  array[0] = OPEN;
  let end = 1;
  for (let next = 0; next < entries.length;) {
    const first = entries[next]!;
    if (next > 0) array[end++] = COMMA;
    // Neighbours in a chunk have the comma between them already (`entry-chunks.ts`).
    let last = first;
    for (next++; next < entries.length && isBehind(entries[next]!, last); next++) last = entries[next]!;
    end += first.chunk.copy(array, end, first.start, last.start + last.bytes);
  }
  array[end] = CLOSE;
  return array.subarray(0, end + 1);
}

function isBehind(entry: JsonBytes, last: JsonBytes): boolean {
  return entry.chunk === last.chunk && entry.start === last.start + last.bytes + 1;
}
