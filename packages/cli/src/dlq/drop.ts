import { type Selection, claimEach } from '@tracehub/core-sender/dead-letters';
import { EXIT } from '../cli-error.ts';
import { countLetters } from '../letters/count-letters.ts';
import type { Destination } from '../letters/destinations.ts';
import { toSelection } from '../letters/letter-filter.ts';
import { takeRejected } from '../letters/take-rejected.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from '../terminal/words.ts';
import type { ActFlags } from './flags.ts';
import { shown } from './plan.ts';
import { describe, destinationsOf, noteWarning } from './scope.ts';

export interface DropFlags extends ActFlags {
  destination?: string;
  rejected?: boolean;
}

/** `tracehub dlq drop`: deletes letters for good; those a running process has in use stay. */
export async function drop(settings: Settings, flags: DropFlags, terminal: Terminal): Promise<number> {
  const isMeant = toSelection(flags);
  const destinations = await destinationsOf(settings, flags.destination);
  const lines: string[] = [];
  let planned = 0;
  for (const destination of destinations) {
    const counts = await countLetters(destination.path, isMeant);
    const found = flags.rejected === true ? counts.rejected : counts.waiting;
    planned += found;
    if (found > 0) {
      const kind = flags.rejected === true ? 'rejected letter' : 'letter';
      lines.push(`${count(found, kind)} of ${describe(destination, settings)} would be deleted for good`);
    }
  }
  if (planned === 0) {
    terminal.print('nothing to drop');
    return EXIT.ok;
  }
  if (!shown(terminal, lines, flags.yes)) return EXIT.ok;
  let dropped = 0;
  for (const destination of destinations) {
    dropped +=
      flags.rejected === true
        ? await takeRejected(destination.path, isMeant, () => Promise.resolve())
        : await dropWaiting(destination, isMeant, terminal);
  }
  terminal.print(`${count(dropped, 'letter')} dropped`);
  return EXIT.ok;
}

async function dropWaiting({ path }: Destination, isMeant: Selection, terminal: Terminal): Promise<number> {
  let dropped = 0;
  await claimEach(path, noteWarning(terminal), async (claim) => {
    claim.select(isMeant);
    const { length } = claim.entries;
    if (claim.isPartial && length > 0) await claim.progress(claim.entries);
    await claim.finish();
    dropped += length;
  });
  return dropped;
}
