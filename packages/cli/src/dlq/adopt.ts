import { type LetterBox, type SegmentClaim, claimEach } from '@tracehub/core-sender/dead-letters';
import { CliError, EXIT } from '../cli-error.ts';
import { type Destination, chooseDestinations, listDestinations } from '../letters/destinations.ts';
import { countLetters } from '../letters/count-letters.ts';
import { toSelection } from '../letters/letter-filter.ts';
import { type Survey, survey } from '../letters/survey.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { bytes, count, printable, some } from '../terminal/words.ts';
import type { ActFlags } from './flags.ts';
import { shown } from './plan.ts';
import { noteWarning, openLetterBox, ownDestination } from './scope.ts';

/**
 * `tracehub dlq adopt`: makes letters of other destinations, most often those of a key that was rotated, letters of this
 * one. From then on they are sent with this key.
 */
export async function adopt(
  settings: Settings,
  asked: readonly string[],
  flags: ActFlags,
  terminal: Terminal,
): Promise<number> {
  const own = ownDestination(settings);
  const all = (await listDestinations(settings.dlqPath)).filter(({ name }) => name !== own.name);
  if (asked.length === 0) return sayWhich(all, terminal);
  const sources = asked.flatMap((name) => chooseDestinations(all, name, own.name));
  const isMeant = toSelection(flags);
  const surveys: Survey[] = [];
  const lines: string[] = [];
  let planned = 0;
  for (const source of sources) {
    const found = await survey(source);
    const { waiting } = await countLetters(source.path, isMeant);
    surveys.push(found);
    lines.push(`${source.name}: ${count(waiting, 'letter')} of ${whose(found)}`);
    planned += waiting;
  }
  if (planned === 0) {
    terminal.print('nothing to adopt');
    return EXIT.ok;
  }
  await checkRoom(own, surveys, settings);
  lines.push(`would become letters of ${settings.options.endpoint} and be sent with this key (${own.name})`);
  if (!shown(terminal, lines, flags.yes)) return EXIT.ok;

  const box = await openLetterBox(settings, noteWarning(terminal));
  let adopted = 0;
  for (const source of sources) {
    await claimEach(source.path, noteWarning(terminal), async (claim) => {
      claim.select(isMeant);
      adopted += claim.entries.length;
      await moveTo(box, claim);
    });
  }
  terminal.print(
    `${count(adopted, 'letter')} adopted; an app with this key, or tracehub dlq replay, sends them`,
  );
  return EXIT.ok;
}

/** A whole segment is renamed; of one that is not whole, the letters are written anew before they are marked as done. */
async function moveTo(box: LetterBox, claim: SegmentClaim): Promise<void> {
  if (!claim.isPartial && claim.damagedLines === 0) return claim.moveTo(box.path);
  if (claim.entries.length > 0) {
    const result = await box.append(claim.entries.map(({ json }) => json));
    if (result !== 'kept') throw new CliError(`${box.path} takes no letters (${result})`, EXIT.problem);
    await claim.progress(claim.entries);
  }
  await claim.finish();
}

async function sayWhich(all: readonly Destination[], terminal: Terminal): Promise<number> {
  if (all.length === 0) {
    terminal.print('there is no other destination to adopt from');
    return EXIT.ok;
  }
  for (const destination of all) {
    const found = await survey(destination);
    terminal.print(`${destination.name}: ${count(found.waiting, 'letter')} of ${whose(found)}`);
  }
  throw new CliError('which? Name the destinations to adopt, or others for all of them: dlq adopt <name>');
}

function whose({ services, bytes: size }: Survey): string {
  return `${printable(some(services)) || 'an unknown service'}, ${bytes(size)} in all`;
}

/** Apps drop their oldest letters when the directory is over its limit: adopting must not bring that about. */
async function checkRoom(own: Destination, surveys: readonly Survey[], { options }: Settings): Promise<void> {
  const mine = (await survey(own)).bytes;
  const more = surveys.reduce((sum, found) => sum + found.bytes, 0);
  if (mine + more <= options.maxDlqBytes) return;
  throw new CliError(
    `${own.path} would hold ${bytes(mine + more)}, more than maxDlqBytes (${bytes(options.maxDlqBytes)}), and apps would ` +
      'drop the oldest: replay first, adopt part (--older-than), or raise maxDlqBytes in the app and in --config',
    EXIT.problem,
  );
}
