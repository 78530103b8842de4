import type { Clock } from '../clock.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { Enricher } from '../entry/enricher.ts';
import type { Level } from '../entry/entry.ts';
import { levelRank, minimumRank } from '../entry/level.ts';
import type { LineEncoder } from '../entry/line-encoder.ts';
import type { LogRecord, SearchedRecord } from '../entry/record.ts';
import { errorText } from '../errors.ts';
import type { ResolvedOptions } from '../options/options.ts';
import type { Drops } from '../report/drops.ts';
import type { Ledger } from '../report/ledger.ts';
import type { Warnings } from '../report/warnings.ts';
import type { LiveBatches } from '../send/live-batches.ts';
import { RateLimiter } from './rate-limiter.ts';

/** The stages a record meets first. */
export interface IntakeStages {
  enricher: Enricher;
  /** Absent where every record has to be looked through in full. */
  lines: LineEncoder | undefined;
  ledger: Ledger;
  drops: Drops;
  live: LiveBatches;
  warnings: Warnings;
  /** Whether what is logged from now on is dropped. */
  isClosed: () => boolean;
  /** An entry is in the ring. */
  pushed: (entry: EncodedEntry) => void;
}

/** Takes records in: counts them, makes entries of them, puts those into the ring. Never throws. */
export class Intake {
  readonly #options: ResolvedOptions;
  readonly #stages: IntakeStages;
  readonly #minimum: number;
  readonly #limiter: RateLimiter | undefined;

  constructor(options: ResolvedOptions, clock: Clock, stages: IntakeStages) {
    this.#options = options;
    this.#stages = stages;
    this.#minimum = minimumRank(options.level);
    this.#limiter = options.rateLimit === undefined ? undefined : new RateLimiter(options.rateLimit, clock);
  }

  send(record: LogRecord | SearchedRecord): void {
    this.#take(record.level, record);
  }

  /** Whether the line did not have to be parsed (`Sender.sendLine`). */
  sendLine(bytes: Buffer, start: number, end: number): boolean {
    const { lines, warnings } = this.#stages;
    try {
      const line = lines?.read(bytes, start, end);
      if (line?.isWanted === true) this.#take(line.level);
      return line !== undefined;
    } catch (error) {
      warnings.defect('reading a line', error);
      return false;
    }
  }

  /** Takes a record in, or the line that was read last. */
  #take(level: Level, record?: LogRecord | SearchedRecord): void {
    if (levelRank(level) < this.#minimum) return;
    const { ledger, drops, lines, live, warnings, isClosed, pushed } = this.#stages;
    const seq = ledger.accept();
    if (isClosed()) return drops.refuse(seq, 'closed');
    let entry: EncodedEntry;
    try {
      if (this.#limiter && !this.#limiter.allows(level)) return drops.refuse(seq, 'rate-limit');
      entry = record ? this.#encode(record, seq) : lines!.encode(seq);
      live.push(entry, this.#options.overflow);
    } catch (error) {
      warnings.defect('taking a record in', error);
      return drops.refuse(seq, 'internal');
    }
    try {
      pushed(entry);
    } catch (error) {
      // It is in the ring, and leaves with the others.
      entry.isWritten = true;
      warnings.defect('taking a record in', error);
    }
  }

  #encode(record: LogRecord | SearchedRecord, seq: number): EncodedEntry {
    const { enricher, warnings } = this.#stages;
    try {
      return enricher.encode(record, seq);
    } catch (error) {
      warnings.defect('making an entry', error);
      const message = `a record could not be made an entry: ${errorText(error)}`;
      return enricher.encode({ level: record.level, message }, seq);
    }
  }
}
