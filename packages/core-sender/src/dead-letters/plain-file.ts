import fs from 'node:fs';
import { promisify } from 'node:util';
import { NEW_FILE, type SegmentFile } from './segment-file.ts';

/** How long a file that takes nothing for now is left alone, and how often in a row: a second that nothing else runs. */
const PAUSE_MS = 100;
const MAX_PAUSES = 10;

/**
 * Written before the call returns, where nothing asynchronous runs and nothing can be loaded any more: at the exit of
 * the process, and for entries that are to be on disk at once. It resumes partial writes and waits out EAGAIN as
 * sonic-boom does, though not for ever.
 */
export class PlainFile implements SegmentFile {
  readonly fd: number;
  /** Another file may have the number by now. */
  #isClosed = false;

  /** Creates the file. Throws the file system's error. */
  constructor(path: string) {
    this.fd = fs.openSync(path, NEW_FILE.flags, NEW_FILE.mode);
  }

  /** {@link append} before it returns. Throws the file system's error. */
  appendSync(data: Buffer): void {
    let pauses = 0;
    for (let rest = data; rest.length > 0;) {
      try {
        rest = rest.subarray(fs.writeSync(this.fd, rest));
        pauses = 0;
      } catch (error) {
        if (!isBusy(error) || pauses === MAX_PAUSES) throw error;
        pauses++;
        pause();
      }
    }
  }

  async append(data: Buffer): Promise<void> {
    this.appendSync(data);
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
    try {
      fs.closeSync(this.fd);
    } catch {
      // It is closed all the same.
    }
  }
}

function isBusy(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EBUSY';
}

/** Holds up the thread. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
