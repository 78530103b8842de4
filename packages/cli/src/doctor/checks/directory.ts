import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Check, Finding } from '../check.ts';
import { failure, ok, warning } from '../check.ts';
import type { Facts } from '../facts.ts';

/** About a batch: a disk that has no room for it has none for dead letters. */
const PROBE_BYTES = 64 * 1024;

/** Whether dead letters can be written: what a sender does, done once. */
export const directory: Check = { id: 'directory', needs: [], run };

async function run({ settings }: Facts): Promise<Finding> {
  const { dlqPath } = settings.options;
  if (dlqPath === false) {
    return warning(
      `dead letters are turned off (${settings.sourceOf('dlqPath')}): what cannot be delivered is lost`,
      'set TRACEHUB_DLQ_PATH to a directory the app may write to',
    );
  }
  const made: string[] = [];
  const probe = join(dlqPath, `doctor-${randomBytes(8).toString('hex')}`);
  try {
    for (const path of missingOf(dlqPath)) {
      await mkdir(path, { mode: 0o700 });
      made.unshift(path);
    }
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600, flush: true });
    await rename(probe, `${probe}.renamed`);
    if (relative(process.cwd(), dlqPath).startsWith('~')) {
      return warning(
        `dlqPath begins with "~" (from ${settings.sourceOf('dlqPath')}), which is a home directory to a shell only: letters go to ${dlqPath}`,
        'write the home directory out, or leave dlqPath out: by default it is .tracehub/dlq there',
      );
    }
    const as = process.getuid?.() === 0 ? ', as root: run this as the user of the app' : '';
    return ok(`${dlqPath} can be written (from ${settings.sourceOf('dlqPath')}${as})`);
  } catch (error) {
    return refusal(dlqPath, error as NodeJS.ErrnoException);
  } finally {
    // Whichever is there; both cannot be where the directory itself cannot.
    for (const path of [probe, `${probe}.renamed`]) await rm(path, { force: true }).catch(() => {});
    // What was made here would belong to whoever runs the doctor, and might shut the app out.
    for (const path of made) await rmdir(path).catch(() => {});
  }
}

/**
 * The directories that are missing of a path, from the top. Made one by one: with `recursive` Node 20 never ends where
 * a file system takes no new directory and says ENOENT, as /proc does.
 */
function missingOf(path: string): string[] {
  return existsSync(path) ? [] : [...missingOf(dirname(path)), path];
}

function refusal(dlqPath: string, { code = '', message }: NodeJS.ErrnoException): Finding {
  const lost = 'until then what cannot be delivered stays in memory and is lost at the end of the app';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return failure(
        `the disk of the dead-letter directory ${dlqPath} is full (${code})`,
        `make room, or set TRACEHUB_DLQ_PATH to another disk; ${lost}`,
      );
    case 'EROFS':
      return failure(
        `the dead-letter directory ${dlqPath} is on a read-only file system`,
        `mount a volume that can be written, and set TRACEHUB_DLQ_PATH to it; ${lost}`,
      );
    case 'EACCES':
    case 'EPERM':
      return failure(
        `the dead-letter directory ${dlqPath} may not be written by this user (${code})`,
        `chown it to the user of the app, or set TRACEHUB_DLQ_PATH to one of its own; ${lost}`,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return failure(
        `the dead-letter directory ${dlqPath} is not a directory: a part of its path is a file (${code})`,
        `set TRACEHUB_DLQ_PATH to a directory; ${lost}`,
      );
    case 'ENOENT':
      return failure(
        `the dead-letter directory ${dlqPath} cannot be made: there is no place for directories (${code})`,
        `set TRACEHUB_DLQ_PATH to a directory on a disk; ${lost}`,
      );
    default:
      return failure(
        `the dead-letter directory ${dlqPath} cannot be used: ${message}`,
        `give it another place by TRACEHUB_DLQ_PATH; ${lost}`,
      );
  }
}
