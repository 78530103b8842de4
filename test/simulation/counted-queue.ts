import type {
  AppendResult,
  DeadLetterQueue,
} from '../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import type { SegmentClaim } from '../../packages/core-sender/src/dead-letters/segment-claim.ts';
import type { StoredEntry } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import type { EncodedEntry } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import { LUMP_BYTES, LUMP_JSON } from './lump.ts';

/** As in the real directory. */
const SEAL_BYTES = 4 * 1024 * 1024;
const MAX_BYTES = 256 * 1024 * 1024;

interface Claim {
  entries: StoredEntry[];
  bytes: number;
  damagedLines: number;
  done: number;
}

type Used =
  | 'isUsable'
  | 'append'
  | 'appendSync'
  | 'reject'
  | 'claim'
  | 'ownCount'
  | 'progress'
  | 'release'
  | 'finish';

/** Stands in for the dead-letter queue: the disk of each of ten thousand processes is a list of numbers. */
export class CountedQueue implements Pick<DeadLetterQueue, Used> {
  readonly isUsable = true;
  /** Lumps in each segment, the oldest first; the last may be open. */
  readonly #segments: number[] = [];
  readonly #onEvicted: (lumps: number) => void;
  #lumps = 0;

  constructor(onEvicted: (lumps: number) => void) {
    this.#onEvicted = onEvicted;
  }

  append(entries: readonly EncodedEntry[]): Promise<AppendResult> {
    return Promise.resolve(this.appendSync(entries).result);
  }

  appendSync(entries: readonly EncodedEntry[]): { kept: number; result: AppendResult } {
    const last = this.#segments.length - 1;
    if (last < 0 || this.#segments[last]! * LUMP_BYTES >= SEAL_BYTES) this.#segments.push(entries.length);
    else this.#segments[last]! += entries.length;
    this.#lumps += entries.length;
    while (this.#lumps * LUMP_BYTES > MAX_BYTES) {
      const evicted = this.#segments.shift()!;
      this.#lumps -= evicted;
      this.#onEvicted(evicted);
    }
    return { kept: entries.length, result: 'kept' };
  }

  /** No entry is bad here. */
  reject(): Promise<AppendResult> {
    throw new Error('the simulated server rejects nothing');
  }

  claim(): Promise<SegmentClaim | undefined> {
    const count = this.#segments.shift();
    if (count === undefined) return Promise.resolve(undefined);
    const entries = Array.from({ length: count }, () => ({ json: LUMP_JSON, from: 0, to: 0 }));
    const claim: Claim = { entries, bytes: count * LUMP_BYTES, damagedLines: 0, done: 0 };
    return Promise.resolve(claim as unknown as SegmentClaim);
  }

  ownCount(claim: SegmentClaim): number {
    return claim.entries.length;
  }

  progress(claim: SegmentClaim, done: readonly StoredEntry[]): Promise<void> {
    (claim as unknown as Claim).done += done.length;
    return Promise.resolve();
  }

  release(_claim: SegmentClaim, ownLeft: number): Promise<void> {
    const { entries, done } = _claim as unknown as Claim;
    if (entries.length - done !== ownLeft) throw new Error(`${ownLeft} own of ${entries.length - done} left`);
    this.#segments.unshift(ownLeft);
    this.#lumps -= done;
    return Promise.resolve();
  }

  finish(claim: SegmentClaim): Promise<void> {
    this.#lumps -= claim.entries.length;
    return Promise.resolve();
  }
}
