import fs from 'node:fs';
import { MAX_PAUSES, PAUSE_MS, isBusy } from './busy.ts';
import { PlainFile } from './plain-file.ts';
import { NEW_FILE } from './segment-file.ts';

/**
 * Written before the call returns, where nothing asynchronous runs and nothing can be loaded any more: at the exit of
 * the process, and for entries that are to be on disk at once.
 */
export class SyncFile extends PlainFile {
  /** Creates the file. Throws the file system's error. */
  constructor(path: string) {
    super(fs.openSync(path, NEW_FILE.flags, NEW_FILE.mode));
  }

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

  /** At once, for a loop that fills one file after another gives back no descriptor in between. */
  protected override discard(): void {
    try {
      fs.closeSync(this.fd);
    } catch {
      // It is closed all the same.
    }
  }
}

/** Holds up the thread. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
