import { rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LetterBox, OptionsInspection } from '@tracehub/core-sender/dead-letters';
import { CliError, EXIT } from '../cli-error.ts';
import { type LineCounts, readForeignFile } from './foreign-file.ts';
import { type SdkFile, takenName } from './sdk-files.ts';

/** Lines made letters in one go: a file can be of any size. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Where lines go, and under whose name. */
export interface ImportInto {
  box: LetterBox;
  owner: string;
  isKept: boolean;
  options: OptionsInspection['options'];
}

/**
 * Makes a file's lines letters, and deletes it when each is on disk. A file among the dead letters is taken by rename, so
 * that neither an SDK nor a second import reads it too. `onLine` hears the counts after each line.
 */
export async function importFile(
  file: SdkFile,
  into: ImportInto,
  counts: LineCounts,
  onLine: () => void,
): Promise<void> {
  const { isKept, owner, options } = into;
  const original = join(dirname(file.path), file.name);
  const isTaken = !isKept && dirname(file.path) === options.dlqPath;
  const path = isTaken ? takenName(original, owner) : file.path;
  try {
    if (isTaken) await rename(file.path, path);
  } catch (error) {
    // Its SDK, or another import, was faster.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = await stat(path);
    await importLines(path, file.name, into, counts, onLine);
    if (isKept) return;
    if ((await stat(path)).size !== size) {
      throw new CliError(
        `${basename(original)} was written to while it was imported, and stays: import it again when its writer is done`,
        EXIT.problem,
      );
    }
    await unlink(path);
  } catch (error) {
    if (isTaken) await rename(path, original).catch(() => {});
    throw error;
  }
}

async function importLines(
  path: string,
  name: string,
  { box, options }: ImportInto,
  counts: LineCounts,
  onLine: () => void,
): Promise<void> {
  let letters: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (letters.length > 0) mustBeKept(await box.append(letters), box);
    letters = [];
    size = 0;
  };
  for await (const { number, line, read } of readForeignFile(path, name, options)) {
    if ('fault' in read) {
      mustBeKept(await box.reject([JSON.stringify(line)], `line ${number} of ${name} is ${read.fault}`), box);
      counts.unreadable++;
    } else {
      letters.push(read.json);
      size += read.json.length;
      if (size >= CHUNK_BYTES) await flush();
      counts.letters++;
    }
    onLine();
  }
  await flush();
}

function mustBeKept(result: Awaited<ReturnType<LetterBox['append']>>, box: LetterBox): void {
  if (result !== 'kept') throw new CliError(`${box.path} takes no letters (${result})`, EXIT.problem);
}
