import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Check, Finding } from '../check.ts';
import { ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { bytes } from '../../terminal/words.ts';

/** Whether the disk has room for as many dead letters as the sender may keep. */
export const space: Check = { id: 'space', needs: ['directory'], run };

async function run({ settings }: Facts): Promise<Finding> {
  const { dlqPath, maxDlqBytes } = settings.options;
  if (dlqPath === false) return skipped('dead letters are turned off');
  const { bavail, bsize, files, ffree } = await statfs(nearestThere(dlqPath));
  const free = bavail * bsize;
  const details = { freeBytes: free, maxDlqBytes };
  // Some file systems have no fixed number of inodes and say 0 of 0.
  if (files > 0 && ffree === 0) return warning('the disk has no inodes left', 'delete files there', details);
  if (free >= maxDlqBytes) return ok(`${bytes(free)} free, at most ${bytes(maxDlqBytes)} needed`, details);
  return warning(
    `${bytes(free)} free, and dead letters may take ${bytes(maxDlqBytes)}: a long outage fills the disk`,
    'make room, or lower maxDlqBytes',
    details,
  );
}

/** The sender makes the directory when it first needs it. */
function nearestThere(path: string): string {
  return existsSync(path) ? path : nearestThere(dirname(path));
}
