import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as sonic from 'sonic-boom';
import { syncNames, syncNamesSync } from './durable-names.ts';
import type { Lease } from './lease.ts';
import { SEGMENT_HEADER } from './segment-format.ts';
import type { Lines } from './segment-lines.ts';
import { openName, sealedName } from './segment-name.ts';

// Node's ESM loader sees only the default export of sonic-boom; its types say so for CommonJS alone.
const SonicBoom = sonic.default as unknown as typeof sonic.SonicBoom;

/** Only the app's user may read what was logged. */
const MODE = 0o600;

/**
 * Appends lines to one open segment and seals it by renaming. sonic-boom resumes partial writes and waits out
 * EAGAIN; made by `openSync` the same code writes before it returns, for places where nothing asynchronous runs.
 */
export class SegmentWriter {
  readonly path: string;
  /** Whether it was made by `openSync`: only then may {@link appendSync} be used. */
  readonly isSync: boolean;
  /** The term of the lease in which it was made. */
  readonly term: number;
  readonly #directory: string;
  readonly #number: number;
  readonly #owner: string;
  readonly #fd: number;
  readonly #boom: InstanceType<typeof SonicBoom>;
  #bytes = 0;
  #count = 0;
  #failure: Error | undefined;

  private constructor(
    directory: string,
    number: number,
    owner: string,
    term: number,
    open: (path: string) => number,
    sync: boolean,
  ) {
    this.path = join(directory, openName(number, owner));
    this.isSync = sync;
    this.term = term;
    this.#directory = directory;
    this.#number = number;
    this.#owner = owner;
    this.#fd = open(this.path);
    // A batch is one write, whatever its size.
    this.#boom = new SonicBoom({
      fd: this.#fd,
      sync,
      minLength: 0,
      maxWrite: 64 * 1024 * 1024,
      contentMode: 'buffer',
    });
    this.#boom.on('error', (error: Error) => {
      this.#failure = error;
    });
  }

  /** Creates the file. Rejects with the file system's error. */
  static async open(directory: string, number: number, { owner, term }: Lease): Promise<SegmentWriter> {
    const fd = await promisify(fs.open)(join(directory, openName(number, owner)), 'ax', MODE);
    return new SegmentWriter(directory, number, owner, term, () => fd, false);
  }

  /** The same before it returns. Throws the file system's error. */
  static openSync(directory: string, number: number, { owner, term }: Lease): SegmentWriter {
    return new SegmentWriter(directory, number, owner, term, (path) => fs.openSync(path, 'ax', MODE), true);
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
    const data = this.#withHeader(lines.data);
    const written = once(this.#boom, 'drain');
    this.#write(data);
    try {
      await written;
    } catch (error) {
      await promisify(fs.ftruncate)(this.#fd, this.#bytes).catch(() => {});
      throw error;
    }
    this.#added(data, lines);
  }

  /** {@link append} before it returns. Throws the file system's error. */
  appendSync(lines: Lines): void {
    const data = this.#withHeader(lines.data);
    this.#write(data);
    if (this.#failure) {
      fs.ftruncateSync(this.#fd, this.#bytes);
      throw this.#failure;
    }
    this.#added(data, lines);
  }

  /** Flushes to the disk, closes, and lets the segment wait for replay under the returned name. */
  async seal(): Promise<string> {
    const closed = once(this.#boom, 'close');
    // After a failed append sonic-boom still holds the bytes; ending would try them again.
    if (this.#failure) this.#boom.destroy();
    else this.#boom.end();
    await closed;
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
    this.#boom.destroy();
  }

  #sealedName(): string {
    return sealedName(this.#number, this.#owner, { count: this.#count, bytes: this.#bytes });
  }

  #write(data: Buffer): void {
    // Its types know of text alone.
    (this.#boom as unknown as { write(data: Buffer): boolean }).write(data);
  }

  #withHeader(data: Buffer): Buffer {
    return this.#bytes === 0 ? Buffer.concat([Buffer.from(SEGMENT_HEADER), data]) : data;
  }

  #added(data: Buffer, lines: Lines): void {
    this.#bytes += data.length;
    this.#count += lines.count;
  }
}
