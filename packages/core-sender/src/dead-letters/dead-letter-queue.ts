import fs from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { Warnings } from '../report/warnings.ts';
import { loadBoom } from './boom-file.ts';
import { otherDestinations } from './destination.ts';
import { makeDirectory, syncNames } from './durable-names.ts';
import { SegmentClaim } from './segment-claim.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import { SEGMENT_HEADER, type StoredEntry } from './segment-format.ts';
import { marksOfSettled, partsOf, toLines } from './segment-lines.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** What became of entries given to the queue: on disk, or the reason they are not. */
export type AppendResult = 'kept' | 'dlq-full' | 'dlq-error';

/**
 * Keeps on disk what could not be delivered, and gives it back for replay (design.md 5.5). Segments go
 * open → sealed → claimed → deleted, each step a rename; those of dead owners are taken over. No method throws or
 * rejects for a fault of the disk: it is warned about and said in the result.
 */
export class DeadLetterQueue {
  readonly #directory: SegmentDirectory;
  readonly #clock: Clock;
  readonly #warnings: Warnings;
  #writer: SegmentWriter | undefined;
  /** Everything asynchronous happens one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(directory: SegmentDirectory, clock: Clock, warnings: Warnings) {
    this.#directory = directory;
    this.#clock = clock;
    this.#warnings = warnings;
  }

  /** False for a minute after the directory refused. */
  get isUsable(): boolean {
    return this.#directory.isUsable;
  }

  /** Makes the directory and looks what waits in it. Mentions letters of other destinations once. */
  async start(): Promise<void> {
    const { root, path } = this.#directory;
    // Once it is needed there may be no descriptors left to load it with.
    void loadBoom().catch(() => {});
    await this.#inTurn('be opened', async () => {
      await this.#directory.scan();
      const others = await otherDestinations(root, basename(path));
      if (others.length === 0) return;
      this.#warnings.warn(
        'TRACEHUB_DLQ_OTHER_DESTINATION',
        `${root} holds dead letters for another endpoint or key (${others.join(', ')}); they are left alone; ` +
          'to send them from here: tracehub dlq adopt (@tracehub/cli)',
      );
    });
  }

  /** Hands the entries to the operating system, behind everything appended before. */
  async append(entries: readonly EncodedEntry[]): Promise<AppendResult> {
    if (!this.isUsable) return 'dlq-error';
    return toResult(
      await this.#inTurn('take dead letters', async () => {
        const before = this.#writer?.count ?? 0;
        const hasRoom = await this.#append(entries);
        if (!this.#writer || (await this.#holds(this.#writer))) return hasRoom;
        // Taken or deleted before they were in it: they go into another one.
        return (await this.#seal(before)) ? hasRoom : this.#append(entries);
      }),
    );
  }

  /** Never rejects: what was written is not to be written anew for a look that failed. */
  async #holds(writer: SegmentWriter): Promise<boolean> {
    try {
      return await this.#directory.holds(writer);
    } catch (error) {
      this.#directory.refused('be looked at', error);
      return false;
    }
  }

  /** False where they have no room. */
  async #append(entries: readonly EncodedEntry[]): Promise<boolean> {
    this.#writer ??= await this.#directory.create();
    const writer = this.#writer;
    // Those that were spilled while this waited are dead letters already.
    const pending = entries.filter((entry) => entry.isSettled !== true);
    const lines = toLines(pending);
    if (lines.count === 0) return true;
    if (!(await this.#directory.makeRoom(lines.data.length))) return false;
    const before = writer.bytes;
    try {
      await writer.append(lines);
    } catch (error) {
      await this.#seal();
      throw error;
    }
    const marks = marksOfSettled(pending, before || SEGMENT_HEADER.length);
    // The entries are on disk, whether these are or not.
    if (marks.count !== 0) await writer.append(marks).catch(() => this.#seal());
    this.#directory.catalog.grow(writer.bytes - before);
    if (writer.bytes >= this.#directory.sealBytes) await this.#seal();
    return true;
  }

  /**
   * The same before it returns, into segments of its own: at the exit of the process and for `overflow: 'spill'`.
   * Gives how many of the entries, from the first, are on disk, and why the others are not.
   */
  appendSync(entries: readonly EncodedEntry[]): { kept: number; result: AppendResult } {
    let kept = 0;
    try {
      for (const part of partsOf(entries, this.#directory.sealBytes)) {
        const lines = toLines(part);
        if (!this.#directory.makeRoomSync(lines.data.length)) return { kept, result: 'dlq-full' };
        const writer = this.#directory.createSync();
        try {
          writer.appendSync(lines);
          this.#directory.sealed(writer.sealSync(), writer.count);
        } finally {
          writer.abandon();
        }
        this.#directory.catalog.grow(writer.bytes);
        kept += part.length;
      }
      return { kept, result: 'kept' };
    } catch (error) {
      this.#directory.refused('take dead letters', error);
      return { kept, result: 'dlq-error' };
    }
  }

  /** Keeps entries the server refused for good, with the reason; they are not replayed by themselves. */
  async reject(entries: readonly { json: string }[], reason: string): Promise<AppendResult> {
    if (!this.isUsable) return 'dlq-error';
    const head = `{"reason":${JSON.stringify(reason)},"at":"${new Date(this.#clock.wall()).toISOString()}"`;
    const text = entries.map(({ json }) => `${head},"entry":${json}}\n`).join('');
    const bytes = Buffer.byteLength(text);
    const hasRoom = await this.#inTurn('take rejected entries', async () => {
      const { path, lease, catalog } = this.#directory;
      if (!(await this.#directory.hasRoomForRejected(bytes))) return false;
      const folder = join(path, 'rejected');
      await makeDirectory(folder);
      // As safe as the sealed segment they may come from, which is deleted next.
      await fs.promises.appendFile(join(folder, `${lease.owner}.jsonl`), text, { mode: 0o600, flush: true });
      await syncNames(folder);
      catalog.growRejected(bytes);
      return true;
    });
    return toResult(hasRoom);
  }

  /** Takes the oldest segment that waits; undefined when there is none. */
  async claim(): Promise<SegmentClaim | undefined> {
    return this.#inTurn('be read', async () => {
      const { path, lease, catalog, own } = this.#directory;
      if (!catalog.hasSealed && this.#directory.isScanDue) await this.#directory.scan();
      // What is open comes last: only when nothing sealed is left is it sealed for replay.
      for (;;) {
        const file = catalog.takeOldest();
        if (file === undefined && !this.#writer) return undefined;
        if (file === undefined) {
          await this.#seal();
          continue;
        }
        await this.#directory.ensureLease();
        const claim = await SegmentClaim.take(path, file, lease.owner, this.#warnings);
        if (claim) return claim;
        own.delete(file);
      }
    });
  }

  /** How many entries of the claim are this sender's: they leave the ledger's dead letters when delivered. */
  ownCount(claim: SegmentClaim): number {
    return this.#directory.own.get(claim.file) ?? 0;
  }

  /** The claim is delivered, or kept elsewhere: deletes it. */
  async finish(claim: SegmentClaim): Promise<void> {
    await this.#inTurn('delete a delivered segment', async () => {
      const isGone = await claim.finish();
      if (claim.damagedLines > 0 && !claim.isPartial) {
        this.#warnings.warn(
          'TRACEHUB_DLQ_DAMAGED',
          `dead-letter segment ${claim.file} has ${claim.damagedLines} damaged line(s); the others were read, ` +
            (isGone ? 'the file is kept in quarantine/' : 'the file is left where it is'),
        );
      }
      this.#directory.own.delete(claim.file);
      if (isGone) this.#directory.catalog.shrink(claim.bytes);
    });
  }

  /** Marks entries of the claim as done, so that a crash or {@link release} does not send them again. */
  async progress(claim: SegmentClaim, done: readonly StoredEntry[]): Promise<void> {
    await this.#inTurn('mark entries as delivered', () => claim.progress(done));
  }

  /** Puts back what is left of the claim, unless it is lost; `ownLeft` of it are this sender's entries. */
  async release(claim: SegmentClaim, ownLeft: number): Promise<void> {
    this.#directory.own.set(claim.file, ownLeft);
    await this.#inTurn('put a segment back', async () => {
      await claim.release();
      if (!claim.isLost) return this.#directory.catalog.putBack(claim.file);
      this.#directory.own.delete(claim.file);
      await this.#directory.isGone(ownLeft);
    });
  }

  /** Seals what is open and gives up the lease. */
  async close(): Promise<void> {
    await this.#inTurn('be closed', async () => {
      await this.#seal();
      await this.#directory.lease.release();
    });
  }

  /** {@link close} before it returns, at the exit of the process. */
  closeSync(): void {
    try {
      const writer = this.#writer;
      this.#writer = undefined;
      if (writer) this.#directory.sealed(writer.sealSync(), writer.count);
      this.#directory.lease.releaseSync();
    } catch (error) {
      this.#directory.refused('be closed', error);
    }
  }

  /**
   * Lets what is open wait for replay. False if it is there no more, with the `letters` of this sender in it: it may by
   * now be another process's, or gone with the directory.
   */
  async #seal(letters?: number): Promise<boolean> {
    const writer = this.#writer;
    this.#writer = undefined;
    if (!writer) return true;
    try {
      this.#directory.sealed(await writer.seal(), writer.count);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      writer.abandon();
      await this.#directory.isGone(letters ?? writer.count, writer.term);
      return false;
    }
  }

  /** Runs one task after another; undefined when the disk refused. */
  #inTurn<T>(what: string, task: () => Promise<T>): Promise<T | undefined> {
    const result = this.#turn.then(task).catch((error: unknown) => {
      this.#directory.refused(what, error);
      return undefined;
    });
    this.#turn = result;
    return result;
  }
}

function toResult(hasRoom: boolean | undefined): AppendResult {
  if (hasRoom === undefined) return 'dlq-error';
  return hasRoom ? 'kept' : 'dlq-full';
}
