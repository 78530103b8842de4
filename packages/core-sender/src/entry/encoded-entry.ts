import type { DurablePlace } from '../dead-letters/durable-segment.ts';

/** An entry ready to be sent: serialised once, in the log call, and never touched again. */
export interface EncodedEntry {
  /** Position in the sender's sequence, from 1; -1 for entries read back from another process's segment. */
  seq: number;
  json: string;
  /** UTF-8 size of `json`. */
  bytes: number;
  /** Set for ERROR and FATAL: what orders them inside a batch (contract.md 5). */
  issueKey: string | undefined;
  /** UTC year of the timestamp: a batch never mixes two (contract.md 4). */
  year: number;
  /** Monotonic ms of the log call, for the age trigger. */
  acceptedAt: number;
  /** Set by the ledger when the entry has come to an end: it is counted once. */
  isSettled?: boolean;
  /** With `durable`: the disk has had its chance, so the entry may be sent. */
  isWritten?: boolean;
  /** With `durable`: where the disk has it. */
  place?: DurablePlace | undefined;
}
