import { open } from 'node:fs/promises';
import type { OptionsInspection } from '@tracehub/core-sender/dead-letters';
import { ForeignLines, type ReadLine } from './foreign-line.ts';
import type { SdkFile } from './sdk-files.ts';

/** A line of another SDK's file, and what becomes of it. */
export interface ForeignLine {
  /** Counted from 1. */
  number: number;
  line: string;
  read: ReadLine;
}

/** Reads the lines of a file that are not blank; `name` is the one its SDK gave it, wherever it lies now. */
export async function* readForeignFile(
  path: string,
  name: string,
  options: OptionsInspection['options'],
): AsyncGenerator<ForeignLine> {
  const file = await open(path);
  try {
    const { mtimeMs } = await file.stat();
    const lines = new ForeignLines(options, name, Math.floor(mtimeMs));
    let number = 0;
    for await (const line of file.readLines()) {
      number++;
      if (line.trim() !== '') yield { number, line, read: lines.read(line, number) };
    }
  } finally {
    await file.close();
  }
}

/** Lines by what becomes of them. */
export interface LineCounts {
  letters: number;
  /** Those that cannot be read as an entry. */
  unreadable: number;
}

/** What an import of these files would make; one that is gone by now is left out. */
export async function countLines(
  files: readonly SdkFile[],
  options: OptionsInspection['options'],
): Promise<LineCounts> {
  const counts: LineCounts = { letters: 0, unreadable: 0 };
  for (const { path, name } of files) {
    try {
      for await (const { read } of readForeignFile(path, name, options)) {
        if ('fault' in read) counts.unreadable++;
        else counts.letters++;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return counts;
}
