import fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

/*
 * fsync of a file keeps its bytes through a power loss, not its name: that needs an fsync of the directory. Windows and
 * some network file systems refuse that; the names are then as safe as they make them, and no reason to fail.
 */

/** Makes the names in a directory survive a power loss. */
export async function syncNames(directory: string): Promise<void> {
  try {
    const fd = await promisify(fs.open)(directory, 'r');
    try {
      await promisify(fs.fsync)(fd);
    } finally {
      await promisify(fs.close)(fd);
    }
  } catch {
    // See above.
  }
}

/** {@link syncNames} before it returns. */
export function syncNamesSync(directory: string): void {
  try {
    const fd = fs.openSync(directory, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // See above.
  }
}

/** Makes a directory with those above it, if need be, so that they survive a power loss. Rejects with the file system's error. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  for (const parent of parentsOfNew(path, first)) await syncNames(parent);
}

/** {@link makeDirectory} before it returns. Throws the file system's error. */
export function makeDirectorySync(path: string): void {
  const first = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const parent of parentsOfNew(path, first)) syncNamesSync(parent);
}

/** The directories that hold a new name when `mkdir` made `path` and all from `first` on. */
function parentsOfNew(path: string, first: string | undefined): string[] {
  const parents: string[] = [];
  if (first === undefined) return parents;
  const top = resolve(first);
  for (let made = resolve(path); made.length >= top.length; made = dirname(made)) parents.push(dirname(made));
  return parents;
}
