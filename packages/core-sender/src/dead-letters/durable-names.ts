import fs from 'node:fs';
import { dirname } from 'node:path';
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

/**
 * Makes a directory with those above it, if need be, so that they survive a power loss. Rejects with the file system's
 * error. Not by the option `recursive`: where a directory that is there takes no new one (`/proc`), Node 20 to 24 try
 * again without end, and `mkdirSync` holds the thread up meanwhile.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await fs.promises.mkdir(path, MODE);
  } catch (error) {
    if (isThere(error)) return;
    if (!isMissing(error, path) || (await exists(dirname(path)))) throw error;
    await makeDirectory(dirname(path));
    return makeDirectory(path);
  }
  await syncNames(dirname(path));
}

/** {@link makeDirectory} before it returns. Throws the file system's error. */
export function makeDirectorySync(path: string): void {
  try {
    fs.mkdirSync(path, MODE);
  } catch (error) {
    if (isThere(error)) return;
    if (!isMissing(error, path) || fs.existsSync(dirname(path))) throw error;
    makeDirectorySync(dirname(path));
    return makeDirectorySync(path);
  }
  syncNamesSync(dirname(path));
}

const MODE = { mode: 0o700 };

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

/** Whether a directory could not be made for want of something, and it is not the top already. */
function isMissing(error: unknown, path: string): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path;
}

/** Whether there is something by that name. */
export async function exists(path: string): Promise<boolean> {
  return fs.promises.access(path).then(
    () => true,
    () => false,
  );
}
