import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

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
export async function encodeBody(entries: readonly string[], gzipLevel: number | undefined): Promise<Body> {
  const json = Buffer.from(`[${entries.join(',')}]`);
  if (gzipLevel === undefined) return { bytes: json, isGzipped: false, rawBytes: json.length };
  return { bytes: await gzipInPool(json, { level: gzipLevel }), isGzipped: true, rawBytes: json.length };
}
