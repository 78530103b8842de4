import { systemClock } from '../clock.ts';
import { EncodedEntry, toJsonBytes } from '../entry/encoded-entry.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { Warnings } from '../report/warnings.ts';
import { Attempts } from '../send/attempts.ts';
import { Delivery } from '../send/delivery.ts';
import { HttpTransport } from '../send/http-transport.ts';
import { type AppendResult, DeadLetterQueue } from './dead-letter-queue.ts';
import { Replayer } from './replayer.ts';
import type { Selection } from './segment-claim.ts';
import { SegmentDirectory } from './segment-directory.ts';

/** What became of the letters of a replay. */
export interface ReplayCounts {
  delivered: number;
  /** Refused by the server for good; they are kept in `rejected/`. */
  rejected: number;
}

/** A replay under way. */
export interface ReplayRun {
  /**
   * Resolves when nothing selected waits any more, or the server takes no more for now. Rejects with the file system's
   * error where the directory cannot be read.
   */
  readonly ended: Promise<ReplayCounts>;
  /** Ends after the batch under way; what is left is put back. */
  stop(): Promise<void>;
}

/**
 * The dead letters of one destination, opened by a tool rather than a sender, with the engine's own queue, replayer and
 * delivery: leases and claims make it safe beside running apps. It never drops a letter to make room: `maxDlqBytes`
 * is the senders' concern.
 */
export class LetterBox {
  readonly path: string;
  readonly #options: ResolvedOptions;
  readonly #userAgent: string;
  readonly #warnings: Warnings;
  readonly #directory: SegmentDirectory;
  readonly #queue: DeadLetterQueue;

  /** `dlqPath` of the options is to be a directory. `emitWarning` hears what a sender would warn of. */
  constructor(
    options: ResolvedOptions & { dlqPath: string },
    userAgent: string,
    emitWarning: (warning: Error) => void,
  ) {
    this.#options = options;
    this.#userAgent = userAgent;
    this.#warnings = new Warnings(systemClock, emitWarning);
    this.#directory = new SegmentDirectory(
      { ...options, maxDlqBytes: Number.MAX_SAFE_INTEGER },
      systemClock,
      this.#warnings,
      () => {},
    );
    this.path = this.#directory.path;
    this.#queue = new DeadLetterQueue(this.#directory, systemClock, this.#warnings);
  }

  /** Makes the directory if need be. Rejects with the file system's error. */
  async open(): Promise<void> {
    await this.#directory.scan();
  }

  /** Adds letters (entries as JSON); resolves when they are sealed and flushed to the disk, or says why they are not. */
  async append(entries: readonly string[]): Promise<AppendResult> {
    const result = await this.#queue.append(entries.map(toStore));
    if (result !== 'kept') return result;
    await this.#queue.close();
    return this.#queue.isUsable ? 'kept' : 'dlq-error';
  }

  /** Puts entries, or what was to be one, among those that are not replayed by themselves. */
  reject(entries: readonly string[], reason: string): Promise<AppendResult> {
    return this.#queue.reject(
      entries.map((json) => ({ json })),
      reason,
    );
  }

  /** Sends the selected letters, oldest first. `onProgress` hears the counts after each batch. */
  replay(select: Selection, onProgress: (counts: ReplayCounts) => void): ReplayRun {
    const counts: ReplayCounts = { delivered: 0, rejected: 0 };
    const traffic = { requests: 0, retries: 0, rawBytes: 0, wireBytes: 0, unconfirmed: 0 };
    const transport = new HttpTransport(this.#options, this.#userAgent, systemClock);
    const attempts = new Attempts(transport, this.#options, traffic);
    const delivery = new Delivery(
      attempts,
      this.#options,
      systemClock,
      Math.random,
      this.#warnings,
      () => {},
    );
    const replayer = new Replayer(
      this.#queue,
      {
        limits: delivery.limits,
        isOpen: () => delivery.gate.isOpen,
        turn: () => Promise.resolve(),
        deliver: (entries, owner) => delivery.deliver(entries, owner),
        now: () => systemClock.now(),
        wall: () => systemClock.wall(),
        replayed(count) {
          counts.delivered += count;
          onProgress(counts);
        },
        rejected(count) {
          counts.rejected += count;
          onProgress(counts);
        },
        // There is always room for those.
        givenUp: () => {},
        failed: (error) => this.#warnings.defect('a replay', error),
      },
      select,
    );
    const run = async (): Promise<ReplayCounts> => {
      // The engine's own timers do not keep a process alive.
      const held = setInterval(() => {}, 60_000);
      try {
        await this.open();
        replayer.start();
        await replayer.ended;
        return counts;
      } finally {
        delivery.stop();
        await transport.close();
        await this.#queue.close();
        clearInterval(held);
      }
    };
    const ended = run();
    return {
      ended,
      async stop() {
        delivery.finishWithin(0);
        await replayer.stop();
        await ended;
      },
    };
  }
}

/** As much of an entry as the disk needs to know. */
function toStore(json: string): EncodedEntry {
  return new EncodedEntry(-1, toJsonBytes(json), undefined, 0, 0);
}
