/** The file of an open segment, and the way in which bytes get into it. */
export interface SegmentFile {
  readonly fd: number;
  /** Appends; resolves when the operating system has it all. Rejects with the file system's error. */
  append(data: Buffer): Promise<void>;
  /** {@link append} before it returns. Where it exists nothing else is to be used, so that none is ever under way. */
  appendSync?(data: Buffer): void;
  /** Flushes to the disk and closes. Rejects with the file system's error. */
  close(): Promise<void>;
  /** Closes what nobody needs flushed. Never throws. */
  abandon(): void;
}

/** How the file is made: by this writer alone, and for the app's user, who alone may read what was logged. */
export const NEW_FILE = { flags: 'ax', mode: 0o600 } as const;
