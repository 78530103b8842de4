import { EncodedEntry, toJsonBytes } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import type { Body } from '../../packages/core-sender/src/send/encode-body.ts';

/** Log entries that travel together, as one entry of the code under simulation: so many fit into memory. */
export const LUMP = 250;

/** Of one log entry as JSON; contract and bench have 300 to 500. */
const ENTRY_BYTES = 400;

export const LUMP_BYTES: number = LUMP * ENTRY_BYTES;

/** What the sender keeps, and reads back for a replay. */
export const LUMP_JSON = '{"message":"","timestamp":"2026-11-22T10:00:00.000000Z"}';

const stored = toJsonBytes(LUMP_JSON);

/** `year` of 0 fits no batch. */
export function createLump(seq: number, acceptedAt: number, year = 2026): EncodedEntry {
  return new EncodedEntry(seq, { ...stored, bytes: LUMP_BYTES }, undefined, year, acceptedAt);
}

/** The body of a request that would hold so many: its size is told, its bytes would only be thrown away. */
export function lumpBody(lumps: number): Body {
  return { bytes: NOTHING, isGzipped: false, rawBytes: lumps * LUMP_BYTES };
}

const NOTHING = Buffer.alloc(0);

/** How many lumps a request body holds; that of a probe is of two bytes. */
export function lumpsIn({ rawBytes }: Body): number {
  return Math.floor(rawBytes / LUMP_BYTES);
}
