import { toLines } from '../../packages/core-sender/src/dead-letters/segment-lines.ts';
import { EncodedEntry, toJsonBytes } from '../../packages/core-sender/src/entry/encoded-entry.ts';

export interface GivenEntry {
  seq?: number;
  json?: string;
  /** What it says its size is, where the JSON plays no part. Default: that of the JSON. */
  bytes?: number | undefined;
  issueKey?: string | undefined;
  year?: number;
  acceptedAt?: number;
}

/** An entry for tests of what comes after the enricher. */
export function entryWith(given: GivenEntry = {}): EncodedEntry {
  const { seq = 1, json = '', bytes, issueKey, year = 2026, acceptedAt = 0 } = given;
  const stored = toJsonBytes(json);
  return new EncodedEntry(seq, { ...stored, bytes: bytes ?? stored.bytes }, issueKey, year, acceptedAt);
}

/** The line of a segment for an entry. */
export function entryLine(json: string): string {
  return toLines([toJsonBytes(json)]).data.toString();
}
