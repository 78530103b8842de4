import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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
  let made: string | undefined;
  const probe = join(dlqPath, `doctor-${randomBytes(8).toString('hex')}`);
  try {
    made = await mkdir(dlqPath, { recursive: true, mode: 0o700 });
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600, flush: true });
    await rename(probe, `${probe}.renamed`);
    const as = process.getuid?.() === 0 ? ', as root: run this as the user of the app' : '';
    return ok(`${dlqPath} can be written (from ${settings.sourceOf('dlqPath')}${as})`);
  } catch (error) {
    return refusal(dlqPath, error as NodeJS.ErrnoException);
  } finally {
    // Whichever is there; both cannot be where the directory itself cannot.
    for (const path of [probe, `${probe}.renamed`]) await rm(path, { force: true }).catch(() => {});
    if (made !== undefined) await removeMade(dlqPath, made);
  }
}

/** A directory made here would belong to whoever runs the doctor, and might shut the app out. */
async function removeMade(dlqPath: string, made: string): Promise<void> {
  for (let path = resolve(dlqPath); path.length >= resolve(made).length; path = dirname(path)) {
    await rmdir(path).catch(() => {});
  }
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
    default:
      return failure(
        `the dead-letter directory ${dlqPath} cannot be used: ${message}`,
        `give it another place by TRACEHUB_DLQ_PATH; ${lost}`,
      );
  }
}
