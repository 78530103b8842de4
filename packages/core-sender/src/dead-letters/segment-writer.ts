import fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BoomFile, loadBoom } from './boom-file.ts';
import { syncNames, syncNamesSync } from './durable-names.ts';
import type { Lease } from './lease.ts';
import { PlainFile } from './plain-file.ts';
import { NEW_FILE, type SegmentFile } from './segment-file.ts';
import { SEGMENT_HEADER } from './segment-format.ts';
import type { Lines } from './segment-lines.ts';
import { openName, sealedName } from './segment-name.ts';
import { SyncFile } from './sync-file.ts';

/** Appends lines to one open segment and seals it by renaming. */
export class SegmentWriter {
  readonly path: string;
  /** The term of the lease in which it was made. */
  readonly term: number;
  readonly #directory: string;
  readonly #number: number;
  readonly #owner: string;
  readonly #file: SegmentFile;
  readonly #fd: number;
  #bytes = 0;
  #count = 0;
  #hasFailed = false;

  private constructor(directory: string, number: number, { owner, term }: Lease, file: SegmentFile) {
    this.path = join(directory, openName(number, owner));
    this.term = term;
    this.#directory = directory;
    this.#number = number;
    this.#owner = owner;
    this.#file = file;
    this.#fd = file.fd;
  }

  /** Creates the file. Rejects with the file system's error. */
  static async open(directory: string, number: number, lease: Lease): Promise<SegmentWriter> {
    // A process without descriptors may be unable to load it, and has something to keep all the same.
    const Sonic = await loadBoom().catch(() => undefined);
    const path = join(directory, openName(number, lease.owner));
    const fd = await promisify(fs.open)(path, NEW_FILE.flags, NEW_FILE.mode);
    const file = Sonic ? new BoomFile(Sonic, fd) : new PlainFile(fd);
    return new SegmentWriter(directory, number, lease, file);
  }

  /** Creates the file before it returns. Throws the file system's error. */
  static openSync(directory: string, number: number, lease: Lease): SegmentWriter {
    const file = new SyncFile(join(directory, openName(number, lease.owner)));
    return new SegmentWriter(directory, number, lease, file);
  }

  /** Whether {@link appendSync} may be used: it writes before a call returns, and the file has taken all so far. */
  get canAppendSync(): boolean {
    return this.#file.appendSync !== undefined && !this.#hasFailed;
  }

  /** Size of the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Entries in the file. */
  get count(): number {
    return this.#count;
  }

  /**
   * Appends; resolves when the operating system has it all. Rejects when it does not take all: the file is then cut
   * back to what it held before, so that no entry is both counted as lost and replayed, and is to be sealed.
   */
  async append(lines: Lines): Promise<void> {
    // Cut back before anything else runs, too: what an entry logged meanwhile appends must not be cut away with it.
    if (this.#file.appendSync) return this.appendSync(lines);
    const data = this.#withHeader(lines.data);
    try {
      await this.#file.append(data);
    } catch (error) {
      await promisify(fs.ftruncate)(this.#fd, this.#bytes).catch(() => {});
      throw error;
    }
    this.#added(data, lines);
  }

  /** {@link append} before it returns. Throws the file system's error. */
  appendSync(lines: Lines): void {
    const data = this.#withHeader(lines.data);
    try {
      this.#file.appendSync!(data);
    } catch (error) {
      this.#hasFailed = true;
      try {
        fs.ftruncateSync(this.#fd, this.#bytes);
      } catch {
        // What failed first says more.
      }
      throw error;
    }
    this.#added(data, lines);
  }

  /** Flushes to the disk, closes, and lets the segment wait for replay under the returned name. */
  async seal(): Promise<string> {
    await this.#file.close();
    const name = this.#sealedName();
    await fs.promises.rename(this.path, join(this.#directory, name));
    await syncNames(this.#directory);
    return name;
  }

  /** {@link seal} before it returns. What an asynchronous append was writing is not counted in. */
  sealSync(): string {
    fs.fsyncSync(this.#fd);
    const name = this.#sealedName();
    fs.renameSync(this.path, join(this.#directory, name));
    syncNamesSync(this.#directory);
    return name;
  }

  /** Closes a file that is no longer this writer's to seal. */
  abandon(): void {
    this.#file.abandon();
  }

  #sealedName(): string {
    return sealedName(this.#number, this.#owner, { count: this.#count, bytes: this.#bytes });
  }

  #withHeader(data: Buffer): Buffer {
    return this.#bytes === 0 ? Buffer.concat([Buffer.from(SEGMENT_HEADER), data]) : data;
  }

  #added(data: Buffer, lines: Lines): void {
    this.#bytes += data.length;
    this.#count += lines.count;
  }
}
