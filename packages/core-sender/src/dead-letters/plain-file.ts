import fs from 'node:fs';
import { promisify } from 'node:util';
import { MAX_PAUSES, PAUSE_MS, isBusy } from './busy.ts';
import type { SegmentFile } from './segment-file.ts';

// Captured at load so that an app's fake timers cannot freeze the sender.
const { setTimeout } = globalThis;

/**
 * Written by Node alone while the app goes on, where sonic-boom cannot be loaded. It resumes partial writes and waits
 * out EAGAIN as sonic-boom does, though not for ever.
 */
export class PlainFile implements SegmentFile {
  readonly fd: number;
  /** Another file may have the number by now. */
  #isClosed = false;

  /** Of an open file. */
  constructor(fd: number) {
    this.fd = fd;
  }

  async append(data: Buffer): Promise<void> {
    let pauses = 0;
    for (let rest = data; rest.length > 0;) {
      try {
        rest = rest.subarray(await write(this.fd, rest));
        pauses = 0;
      } catch (error) {
        if (!isBusy(error) || pauses === MAX_PAUSES) throw error;
        pauses++;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Some file systems refuse it; the bytes are then as safe as they make them.
    await promisify(fs.fsync)(this.fd).catch(() => {});
    await promisify(fs.close)(this.fd);
  }

  abandon(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.discard();
  }

  /** A close that fails has closed all the same. */
  protected discard(): void {
    fs.close(this.fd, () => {});
  }
}

/** Not by `promisify`: of a function an app has put in the place of Node's it would make another one. */
function write(fd: number, data: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(fd, data, (error, written) => (error ? reject(error) : resolve(written)));
  });
}
