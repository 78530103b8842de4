import { EncodedEntry, toJsonBytes } from '../../packages/core-sender/src/entry/encoded-entry.ts';

/** Log entries that travel together, as one entry of the code under simulation: so many fit into memory. */
export const LUMP = 250;

/** Of one log entry as JSON; contract and bench have 300 to 500. */
const ENTRY_BYTES = 400;

export const LUMP_BYTES: number = LUMP * ENTRY_BYTES;

/** What the sender keeps, joins into a body, and reads back for a replay. */
export const LUMP_JSON = '{"message":"","timestamp":"2026-11-22T10:00:00.000000Z"}';

const stored = toJsonBytes(LUMP_JSON);

/** `year` of 0 fits no batch. */
export function createLump(seq: number, acceptedAt: number, year = 2026): EncodedEntry {
  return new EncodedEntry(seq, { ...stored, bytes: LUMP_BYTES }, undefined, year, acceptedAt);
}

/** How many lumps a request body holds: with its brackets and commas, each takes the same. */
export function lumpsIn(body: { rawBytes: number }): number {
  return body.rawBytes <= 2 ? 0 : (body.rawBytes - 1) / (LUMP_JSON.length + 1);
}
