import type { DurablePlace } from '../dead-letters/durable-segment.ts';

/**
 * An entry ready to be sent: serialised once, in the log call, as UTF-8 in a chunk that it shares with its neighbours
 * (`entry-chunks.ts`). Bytes, not a string: they lie outside V8's heap, so that a full ring costs the garbage
 * collector nothing, and a batch is copied, not encoded.
 */
export class EncodedEntry {
  /** Position in the sender's sequence, from 1; -1 for entries read back from another process's segment. */
  readonly seq: number;
  /** Holds the JSON from `start` on, `bytes` long. */
  chunk: Buffer;
  start: number;
  bytes: number;
  /** Set for ERROR and FATAL: what orders them inside a batch (contract.md 5). */
  readonly issueKey: string | undefined;
  /** UTC year of the timestamp: a batch never mixes two (contract.md 4). */
  readonly year: number;
  /** Monotonic ms of the log call, for the age trigger. */
  readonly acceptedAt: number;
  /** What of it the ring counts as in flight. */
  heldBytes = 0;
  /** Set by the ledger when the entry has come to an end: it is counted once. */
  isSettled = false;
  /** With `durable`: the disk has had its chance, so the entry may be sent. */
  isWritten = false;
  /** With `durable`: where the disk has it. */
  place: DurablePlace | undefined = undefined;

  constructor(
    seq: number,
    { chunk, start, bytes }: JsonBytes,
    issueKey: string | undefined,
    year: number,
    acceptedAt: number,
  ) {
    this.seq = seq;
    this.chunk = chunk;
    this.start = start;
    this.bytes = bytes;
    this.issueKey = issueKey;
    this.year = year;
    this.acceptedAt = acceptedAt;
  }

  /** The JSON as text, decoded at each read. */
  get json(): string {
    return this.chunk.toString('utf8', this.start, this.start + this.bytes);
  }

  /** A smaller form of the same entry, where a server takes no more. */
  shrinkTo(json: string): void {
    this.chunk = Buffer.from(json);
    this.start = 0;
    this.bytes = this.chunk.length;
  }
}

/** Where JSON lies: `bytes` of UTF-8 from `start` on. */
export interface JsonBytes {
  chunk: Buffer;
  start: number;
  bytes: number;
}

/** JSON in a chunk of its own. */
export function toJsonBytes(json: string): JsonBytes {
  const chunk = Buffer.from(json);
  return { chunk, start: 0, bytes: chunk.length };
}
