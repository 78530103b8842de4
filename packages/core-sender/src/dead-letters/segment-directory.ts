import fs from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { errorText } from '../errors.ts';
import type { Warnings } from '../report/warnings.ts';
import { destinationName } from './destination.ts';
import { exists, makeDirectory, makeDirectorySync } from './durable-names.ts';
import { Lease } from './lease.ts';
import { SegmentCatalog } from './segment-catalog.ts';
import { parseSegmentName } from './segment-name.ts';
import { SegmentWriter } from './segment-writer.ts';

/** A segment is sealed at this size: the unit in which replay reads and in which the oldest are dropped. */
const SEAL_BYTES = 4 * 1024 * 1024;

/** How long a directory that refused is left alone, and how often it is searched for segments of the dead. */
const RETRY_MS = 60_000;

export interface DirectoryOptions {
  dlqPath: string;
  maxDlqBytes: number;
  endpoint: string;
  apiKey: string;
}

/** Hears of dead letters that are there no more: how many of this sender, how many of earlier processes, and why. */
export type OnLost = (own: number, others: number, reason: 'dlq-full' | 'dlq-error') => void;

/**
 * The directory of one destination: its cap, its lease, what lies in it, and whether it can be used at all. Dead
 * letters and the durable log write their segments into it.
 */
export class SegmentDirectory {
  readonly root: string;
  readonly path: string;
  readonly lease: Lease;
  readonly catalog: SegmentCatalog;
  readonly sealBytes: number;
  /** Dead letters of this sender by the name of their sealed segment. */
  readonly own: Map<string, number> = new Map();
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #warnings: Warnings;
  readonly #onLost: OnLost;
  #scanning: Promise<void> | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #scannedAt = Number.NEGATIVE_INFINITY;

  constructor(options: DirectoryOptions, clock: Clock, warnings: Warnings, onLost: OnLost) {
    this.root = options.dlqPath;
    this.path = join(options.dlqPath, destinationName(options.endpoint, options.apiKey));
    this.#maxBytes = options.maxDlqBytes;
    // Small enough that dropping one segment gives up little of what a full directory holds.
    this.sealBytes = Math.min(SEAL_BYTES, Math.floor(options.maxDlqBytes / 8));
    this.#clock = clock;
    this.#warnings = warnings;
    this.#onLost = onLost;
    this.lease = new Lease(this.path, clock);
    this.catalog = new SegmentCatalog(this.path);
  }

  /** False for a minute after the directory refused. */
  get isUsable(): boolean {
    return this.#clock.now() - this.#refusedAt >= RETRY_MS;
  }

  get isScanDue(): boolean {
    return this.#clock.now() - this.#scannedAt >= RETRY_MS;
  }

  /** The directory refused: entries stay in memory for a while. */
  refused(what: string, error: unknown): void {
    this.#refusedAt = this.#clock.now();
    this.#warnings.warn(
      'TRACEHUB_DLQ_UNUSABLE',
      `the dead-letter directory ${this.path} cannot ${what}: ${errorText(error)}; ` +
        `entries stay in memory, next try in ${RETRY_MS / 1000} s`,
    );
  }

  /** Makes the directory if need be, and looks what lies in it; one look at a time. */
  scan(): Promise<void> {
    this.#scanning ??= this.#look().finally(() => (this.#scanning = undefined));
    return this.#scanning;
  }

  async #look(): Promise<void> {
    await makeDirectory(this.path);
    this.#scannedAt = this.#clock.now();
    await this.catalog.scan(this.lease.owner);
  }

  /** A new open segment of this owner. Rejects with the file system's error. */
  async create(): Promise<SegmentWriter> {
    await makeDirectory(this.path);
    await this.ensureLease();
    // Others write here too, and the cap is over all of it: each looks with each segment it begins.
    await this.scan();
    return SegmentWriter.open(this.path, this.catalog.nextNumber(), this.lease);
  }

  /** {@link create} before it returns, without looking around. Throws the file system's error. */
  createSync(): SegmentWriter {
    makeDirectorySync(this.path);
    if (!this.lease.isSure || !fs.existsSync(this.lease.path)) this.lease.takeSync();
    return SegmentWriter.openSync(this.path, this.catalog.nextNumber(), this.lease);
  }

  /** Takes the lease anew when others may have thought this owner dead, or when the directory was deleted. */
  async ensureLease(): Promise<void> {
    if (!this.lease.isSure || !(await exists(this.lease.path))) await this.lease.take();
  }

  /**
   * Whether an open segment is still there. To be asked after a write: whoever takes the segment over from then on finds in
   * it what was written, and what is written after another has taken it nobody ever reads.
   */
  async holds(writer: SegmentWriter): Promise<boolean> {
    if (!this.lease.isSure) await this.lease.take();
    return exists(writer.path);
  }

  /** {@link holds} before it returns. */
  holdsSync(writer: SegmentWriter): boolean {
    if (!this.lease.isSure) this.lease.takeSync();
    return fs.existsSync(writer.path);
  }

  /**
   * A segment with `letters` of this sender in it is not where it was. Either another process has it now, or it was deleted
   * and they are lost: with the directory, or, being open, in a `term` of the lease that nobody could doubt.
   */
  async isGone(letters: number, term?: number): Promise<void> {
    const { lease } = this;
    const isDeleted =
      !(await exists(this.path)) || (lease.isSure && lease.term === term && (await exists(lease.path)));
    if (isDeleted) this.#onLost(letters, 0, 'dlq-error');
  }

  /** A segment with `count` letters of this sender now waits for replay. */
  sealed(file: string, count: number): void {
    this.own.set(file, count);
    this.catalog.add(file);
  }

  /** Drops the oldest segments until `bytes` fit under the cap, damaged ones first; false if even then they do not. */
  async makeRoom(bytes: number): Promise<boolean> {
    for (let file = this.#inTheWay(bytes); file !== undefined; file = this.#inTheWay(bytes)) {
      const path = join(this.path, file);
      const isThere = await fs.promises.unlink(path).then(() => true, isGoneElseThrow);
      this.#evicted(file, isThere);
    }
    return this.#fits(bytes);
  }

  /** {@link makeRoom} before it returns. Throws the file system's error. */
  makeRoomSync(bytes: number): boolean {
    for (let file = this.#inTheWay(bytes); file !== undefined; file = this.#inTheWay(bytes)) {
      let isThere = true;
      try {
        fs.unlinkSync(join(this.path, file));
      } catch (error) {
        isThere = isGoneElseThrow(error);
      }
      this.#evicted(file, isThere);
    }
    return this.#fits(bytes);
  }

  /** Whether refused entries may take that much more: at most a quarter, so that they never push out what can be sent. */
  async hasRoomForRejected(bytes: number): Promise<boolean> {
    return this.catalog.rejectedBytes + bytes <= this.#maxBytes / 4 && (await this.makeRoom(bytes));
  }

  #fits(bytes: number): boolean {
    return this.catalog.bytes + bytes <= this.#maxBytes;
  }

  /** The oldest segment, if it has to go for `bytes` to fit; it does not count any more from then on. */
  #inTheWay(bytes: number): string | undefined {
    if (this.#fits(bytes)) return undefined;
    // What could be read of these was sent.
    const damaged = this.catalog.dropQuarantined();
    if (damaged !== undefined) return damaged;
    // Not at the cost of everything that could still be delivered, for nothing.
    if (this.catalog.bytes - this.catalog.sealedBytes + bytes > this.#maxBytes) return undefined;
    return this.catalog.dropOldest();
  }

  /** Unless it was there no more: then another process has taken it, and it is not lost. */
  #evicted(file: string, wasThere: boolean): void {
    const own = this.own.get(file) ?? 0;
    this.own.delete(file);
    if (!wasThere) return;
    const size = parseSegmentName(file)?.size;
    this.#onLost(own, Math.max((size?.count ?? 0) - own, 0), 'dlq-full');
    this.#warnings.warn(
      'TRACEHUB_DLQ_FULL',
      `the dead-letter directory is full (maxDlqBytes ${this.#maxBytes}): ` +
        `dropped its oldest segment${size ? `, ${size.count} entries` : ''}`,
    );
  }
}

function isGoneElseThrow(error: unknown): false {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
  throw error;
}
