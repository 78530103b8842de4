import fs from 'node:fs';
import type { Clock, Timer } from '../clock.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import { DurableSegment } from './durable-segment.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import { APPEND, LINE_OVERHEAD, SEGMENT_HEADER } from './segment-format.ts';
import { bytesOfLines, toLines } from './segment-lines.ts';

/**
 * The write-ahead log of `durable` (design.md 5.7): an entry is handed to the operating system before it is sent and
 * at most `interval` ms after it was accepted. What is delivered is marked done in the segment; a segment is deleted
 * when all of it is, and becomes a dead-letter segment when some of it could not be delivered. After SIGKILL the next
 * start takes the open segment over and replays what has no mark.
 *
 * When the disk refuses, entries are let through as if not durable, and `safe` waits for them to be delivered.
 */
export class DurableLog {
  readonly #directory: SegmentDirectory;
  readonly #interval: number;
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  #current: DurableSegment | undefined;
  readonly #older = new Set<DurableSegment>();
  #unwritten: EncodedEntry[] = [];
  #timer: Timer | undefined;
  #isWriting = false;
  /** Ends with every write that was begun. */
  #writes: Promise<unknown> = Promise.resolve();
  /** Entries in order, from the first that is neither on disk nor at its end. */
  #unsafe: EncodedEntry[] = [];
  #safe = 0;

  /** `onWritten` hears that entries may now be sent. */
  constructor(directory: SegmentDirectory, interval: number, clock: Clock, onWritten: () => void) {
    this.#directory = directory;
    this.#interval = interval;
    this.#clock = clock;
    this.#onWritten = onWritten;
  }

  /** How many of the entries, from the first, a SIGKILL cannot take any more. */
  get safe(): number {
    this.#passSafe();
    return this.#safe;
  }

  /** An entry was accepted. With an interval of 0 it is on disk when this returns. */
  add(entry: EncodedEntry): void {
    this.#unwritten.push(entry);
    this.#unsafe.push(entry);
    if (this.#interval === 0) this.writeSync();
    else this.#arm();
  }

  /** Writes what waits without waiting for the interval. */
  async write(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isWriting) return;
    const written = this.#writeUnwritten();
    this.#writes = Promise.all([this.#writes, written]);
    await written;
  }

  async #writeUnwritten(): Promise<void> {
    this.#isWriting = true;
    const entries = this.#takeUnwritten();
    try {
      await this.#append(entries);
    } catch (error) {
      this.#directory.refused('keep entries durable', error);
      this.#retire();
    }
    for (const entry of entries) entry.isWritten = true;
    this.#passSafe();
    this.#isWriting = false;
    await this.#removeFinished();
    if (this.#unwritten.length > 0 || this.#current?.hasUnmarked) this.#arm();
    this.#onWritten();
  }

  /** {@link write} before it returns. */
  writeSync(): void {
    const entries = this.#takeUnwritten();
    try {
      // An asynchronous append may be under way in the current segment, or one may have failed there: synchronous ones get
      // a segment of their own.
      if (this.#current && !this.#current.writer.canAppendSync) this.#retire();
      const { isUsable } = this.#directory;
      if (entries.length > 0 && isUsable && this.#directory.makeRoomSync(bytesOfLines(entries))) {
        if (!this.#appendSync(entries)) this.#appendSync(entries);
      }
    } catch (error) {
      this.#directory.refused('keep entries durable', error);
      this.#retire();
    }
    for (const entry of entries) entry.isWritten = true;
    this.#passSafe();
  }

  /** The entry has come to an end elsewhere than here. */
  done(entry: EncodedEntry): void {
    const { place } = entry;
    if (!place) return;
    entry.place = undefined;
    place.segment.done(place);
    this.#arm();
  }

  /** Whether the entry lies here; it then stays as a dead letter. */
  keep(entry: EncodedEntry): boolean {
    const { place } = entry;
    if (!place) return false;
    entry.place = undefined;
    this.#arm();
    if (place.segment.isLost) {
      place.segment.done(place);
      return false;
    }
    place.segment.keep();
    // Replay reads whole segments: this one must come to an end.
    if (place.segment === this.#current) this.#retire();
    return true;
  }

  /** Marks and seals or deletes everything; nothing may be pending any more. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    // One that is under way holds its segment, and may have armed the timer.
    await this.#writes;
    this.#timer?.cancel();
    this.#retire();
    await this.#removeFinished();
  }

  /** {@link close} before it returns, at the exit of the process. */
  closeSync(): void {
    this.#retire();
    for (const segment of this.#older) {
      try {
        const marks = segment.takeMarks();
        if (segment.deadLetters > 0 || segment.pending > 0) {
          // Its types know of numbers in the asynchronous one only.
          fs.appendFileSync(segment.writer.path, marks, { flag: APPEND as unknown as string });
          this.#directory.sealed(segment.writer.sealSync(), segment.deadLetters);
        } else fs.unlinkSync(segment.writer.path);
      } catch (error) {
        this.#directory.refused('be closed', error);
      }
    }
    this.#older.clear();
  }

  #passSafe(): void {
    const next = this.#unsafe.findIndex((entry) => !entry.place && entry.isSettled !== true);
    const safe = this.#unsafe.splice(0, next === -1 ? this.#unsafe.length : next);
    this.#safe = safe.at(-1)?.seq ?? this.#safe;
  }

  #arm(): void {
    this.#timer ??= this.#clock.schedule(Math.max(this.#interval, 1), () => void this.write());
  }

  /** Entries that were dropped before they were written are not written any more. */
  #takeUnwritten(): EncodedEntry[] {
    const entries = this.#unwritten.filter((entry) => entry.isSettled !== true);
    this.#unwritten = [];
    return entries;
  }

  async #append(entries: readonly EncodedEntry[]): Promise<void> {
    if (!this.#directory.isUsable) return;
    // First: marks that were taken must go into their segment before anything can retire it.
    if (!(await this.#directory.makeRoom(bytesOfLines(entries)))) return;
    if (!(await this.#appendTo(entries))) await this.#appendTo(entries);
  }

  /** False if the segment was taken or deleted before they were in it: they go into another one. */
  async #appendTo(entries: readonly EncodedEntry[]): Promise<boolean> {
    const marks = Buffer.from(this.#current?.takeMarks() ?? '');
    if (entries.length === 0 && marks.length === 0) return true;
    this.#current ??= new DurableSegment(await this.#directory.create());
    const segment = this.#current;
    const from = this.#end(segment) + marks.length;
    const lines = toLines(entries);
    // Counts as one pending entry, so that the segment is not removed under the write.
    segment.pending++;
    const before = segment.writer.bytes;
    try {
      await segment.writer.append({ data: Buffer.concat([marks, lines.data]), count: lines.count });
      this.#directory.catalog.grow(segment.writer.bytes - before);
      if (!(await this.#directory.holds(segment.writer))) return this.#lose(segment);
      this.#place(segment, entries, from);
      return true;
    } finally {
      segment.pending--;
    }
  }

  /** {@link #appendTo} before it returns. */
  #appendSync(entries: readonly EncodedEntry[]): boolean {
    this.#current ??= new DurableSegment(this.#directory.createSync());
    const segment = this.#current;
    const from = this.#end(segment);
    const before = segment.writer.bytes;
    segment.writer.appendSync(toLines(entries));
    this.#directory.catalog.grow(segment.writer.bytes - before);
    if (!this.#directory.holdsSync(segment.writer)) return this.#lose(segment);
    this.#place(segment, entries, from);
    return true;
  }

  /** Nothing goes into the segment any more, and nothing that comes to its end later is left in it. */
  #lose(segment: DurableSegment): false {
    segment.isLost = true;
    if (segment === this.#current) this.#retire();
    return false;
  }

  /** Where the next line of the segment will start. */
  #end(segment: DurableSegment): number {
    return segment.writer.bytes || SEGMENT_HEADER.length;
  }

  #place(segment: DurableSegment, entries: readonly EncodedEntry[], start: number): void {
    let from = start;
    for (const entry of entries) {
      const to = from + entry.bytes + LINE_OVERHEAD;
      entry.place = { segment, from, to };
      segment.pending++;
      // Dropped while it was being written.
      if (entry.isSettled) segment.done(entry.place);
      from = to;
    }
    if (segment.writer.bytes >= this.#directory.sealBytes) this.#retire();
  }

  /** The current segment takes no more entries. */
  #retire(): void {
    if (this.#current) this.#older.add(this.#current);
    this.#current = undefined;
  }

  /** Deletes older segments of which everything is done, and seals those that hold dead letters. */
  async #removeFinished(): Promise<void> {
    for (const segment of this.#older) {
      if (segment.pending > 0) continue;
      this.#older.delete(segment);
      try {
        if (segment.deadLetters > 0) {
          const marks = segment.takeMarks();
          if (marks !== '') await segment.writer.append({ data: Buffer.from(marks), count: 0 });
          this.#directory.sealed(await segment.writer.seal(), segment.deadLetters);
        } else {
          segment.writer.abandon();
          await fs.promises.unlink(segment.writer.path);
          this.#directory.catalog.shrink(segment.writer.bytes);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
          this.#directory.refused('remove delivered entries', error);
          continue;
        }
        segment.writer.abandon();
        await this.#directory.isGone(segment.deadLetters, segment.writer.term);
      }
    }
  }
}
