import fs from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../errors.ts';
import type { Warnings } from '../report/warnings.ts';
import { makeDirectory, syncNames } from './durable-names.ts';
import {
  APPEND,
  type DecodedSegment,
  MAX_SEGMENT_BYTES,
  type StoredEntry,
  decodeSegment,
  doneLine,
} from './segment-format.ts';
import { claimedName } from './segment-name.ts';

/** What says nothing about the segment: no file can be read now. */
const TRANSIENT = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);
/** Another user's, as after a run as root: it is left for who may read it. */
const FORBIDDEN = new Set(['EACCES', 'EPERM']);

/** Says of an entry whether it is meant. */
export type Selection = (entry: StoredEntry) => boolean;

/** A segment taken for replay: renamed, so that no other process takes it too. */
export class SegmentClaim {
  /** The sealed name, under which it is put back. */
  readonly file: string;
  entries: readonly StoredEntry[];
  /** Whether it holds more than {@link entries}: then it is put back in the end, not deleted. */
  isPartial = false;
  readonly bytes: number;
  /** Lines that could not be read, or that hold no entry. */
  damagedLines: number;
  /**
   * Another process took this owner for dead and has the segment now, with all that is not marked in it; or it was
   * deleted. What was read of it may still be sent, but there is nothing to mark or to put back.
   */
  isLost = false;
  readonly #directory: string;
  readonly #path: string;
  /** A mark behind the stump of a torn last line would be lost with it. */
  #needsNewline: boolean;

  private constructor(directory: string, file: string, path: string, data: Buffer, decoded: DecodedSegment) {
    this.file = file;
    this.entries = decoded.entries;
    this.damagedLines = decoded.damagedLines;
    this.bytes = data.length;
    this.#directory = directory;
    this.#path = path;
    this.#needsNewline = data.length > 0 && data.at(-1) !== 0x0a;
  }

  /**
   * Takes the segment; undefined if another process was faster, if it is of a newer version (and stays), or if it
   * cannot be read (and is set aside, or left, so that the others are).
   */
  static async take(
    directory: string,
    file: string,
    owner: string,
    warnings: Warnings,
  ): Promise<SegmentClaim | undefined> {
    const path = join(directory, claimedName(file, owner));
    try {
      await fs.promises.rename(join(directory, file), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const data = await readSegment(path);
      const decoded = decodeSegment(data);
      if (decoded.kind === 'segment') return new SegmentClaim(directory, file, path, data, decoded);
      await fs.promises.rename(path, join(directory, file));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      const isAside = !TRANSIENT.has(code) && !FORBIDDEN.has(code) && (await setAside(directory, path, file));
      if (!isAside) await fs.promises.rename(path, join(directory, file));
      if (TRANSIENT.has(code)) throw error;
      warnings.warn(
        'TRACEHUB_DLQ_DAMAGED',
        `dead-letter segment ${file} cannot be read (${errorText(error)}); ` +
          (isAside ? 'it is kept in quarantine/' : 'it is left where it is'),
      );
    }
    return undefined;
  }

  /** Leaves all but the selected entries for later. */
  select(isMeant: Selection): void {
    const selected = this.entries.filter((entry) => isMeant(entry));
    this.isPartial ||= selected.length < this.entries.length;
    this.entries = selected;
  }

  /** Marks entries as done. */
  async progress(done: readonly StoredEntry[]): Promise<void> {
    const marks = toRanges(done).map(({ from, to }) => doneLine(from, to));
    const text = (this.#needsNewline ? '\n' : '') + marks.join('');
    if (await this.#isHeldFor(fs.promises.appendFile(this.#path, text, { flag: APPEND })))
      this.#needsNewline = false;
  }

  /**
   * Deletes it; one with damaged lines is set aside whole instead, one with entries left over is put back. False if it
   * stays where it was.
   */
  async finish(): Promise<boolean> {
    if (this.isPartial) {
      await this.release();
      return false;
    }
    if (this.damagedLines === 0) {
      await this.#isHeldFor(fs.promises.unlink(this.#path));
      return true;
    }
    if (await setAside(this.#directory, this.#path, this.file)) return true;
    // Nothing of it is to be sent again whenever it is looked at.
    await this.progress(this.entries);
    await this.release();
    return false;
  }

  /** Lets it wait, with all that is in it, in another directory of the same file system. */
  async moveTo(directory: string): Promise<void> {
    await fs.promises.rename(this.#path, join(directory, this.file));
    await syncNames(directory);
  }

  /** Puts what is left of it back. */
  async release(): Promise<void> {
    await this.#isHeldFor(fs.promises.rename(this.#path, join(this.#directory, this.file)));
  }

  /** Waits for what is done to the file; false where it is there no more. Rejects with any other error. */
  async #isHeldFor(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.isLost = true;
      return false;
    }
  }
}

/** Never anything but a file of bounded size: to open a pipe would hold a thread, and the end of the process, for ever. */
async function readSegment(path: string): Promise<Buffer> {
  const stats = await fs.promises.lstat(path);
  if (!stats.isFile()) throw new Error('it is no file');
  if (stats.size > MAX_SEGMENT_BYTES) throw new Error(`it has ${stats.size} bytes, more than any segment`);
  return fs.promises.readFile(path);
}

/** Moves a file into quarantine. False if there can be none: that costs this file its place, not the others theirs. */
async function setAside(directory: string, path: string, file: string): Promise<boolean> {
  const quarantine = join(directory, 'quarantine');
  try {
    await makeDirectory(quarantine);
    await fs.promises.rename(path, join(quarantine, file));
    return true;
  } catch {
    return false;
  }
}

/** The entries' byte ranges, those that meet joined. */
function toRanges(entries: readonly StoredEntry[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const { from, to } of entries.toSorted((a, b) => a.from - b.from)) {
    const last = ranges.at(-1);
    if (last?.to === from) last.to = to;
    else ranges.push({ from, to });
  }
  return ranges;
}
