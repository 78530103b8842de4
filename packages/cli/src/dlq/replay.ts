import type { LetterBox, ReplayCounts, Selection } from '@tracehub/core-sender/dead-letters';
import { CliError, EXIT } from '../cli-error.ts';
import { countLetters } from '../letters/count-letters.ts';
import { toSelection } from '../letters/letter-filter.ts';
import { takeRejected } from '../letters/take-rejected.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from '../terminal/words.ts';
import type { ActFlags } from './flags.ts';
import { shown } from './plan.ts';
import { noteWarning, openLetterBox, ownDestination } from './scope.ts';

export interface ReplayFlags extends ActFlags {
  rejected?: boolean;
}

/** `tracehub dlq replay`: sends what waits, by the engine's own replayer; safe beside running apps. */
export async function replay(settings: Settings, flags: ReplayFlags, terminal: Terminal): Promise<number> {
  const destination = ownDestination(settings);
  const isMeant = toSelection(flags);
  const plan = await countLetters(destination.path, isMeant);
  const rejected = flags.rejected === true ? plan.rejected : 0;
  const total = plan.waiting + rejected;
  if (total === 0) {
    terminal.print(`nothing to replay to ${settings.options.endpoint} (${destination.path})`);
    noteHeld(plan.held, terminal);
    return EXIT.ok;
  }
  const lines = [`${count(total, 'dead letter')} would be sent to ${settings.options.endpoint}`];
  if (rejected > 0) lines.push(`${rejected} of them had been refused by the server before`);
  if (plan.held > 0) lines.push(`${count(plan.held, 'letter')} in use by running processes stay with them`);
  if (!shown(terminal, lines, flags.yes)) return EXIT.ok;

  const box = await openLetterBox(settings, noteWarning(terminal));
  if (flags.rejected === true) await requeue(box, isMeant);
  const counts = await run(box, isMeant, total);
  return report(counts, total - counts.delivered - counts.rejected, settings, terminal);
}

/** Makes refused entries letters that wait, as safely on disk as they were. */
async function requeue(box: LetterBox, isMeant: Selection): Promise<void> {
  await takeRejected(box.path, isMeant, async (letters) => {
    const result = await box.append(letters.map(({ json }) => json));
    if (result !== 'kept') throw new CliError(`${box.path} takes no letters (${result})`, EXIT.problem);
  });
}

async function run(box: LetterBox, isMeant: Selection, total: number): Promise<ReplayCounts> {
  const progress = startProgress('replaying', total);
  const running = box.replay(isMeant, ({ delivered, rejected }) => progress.set(delivered + rejected));
  // That ends after the batch under way; what was claimed when a second one comes is taken over later.
  const off = onInterrupt(() => void running.stop());
  try {
    return await running.ended;
  } finally {
    off();
    progress.end();
  }
}

function report(
  { delivered, rejected }: ReplayCounts,
  left: number,
  { options }: Settings,
  terminal: Terminal,
): number {
  const { colours } = terminal;
  terminal.print(colours.green(`${count(delivered, 'letter')} delivered to ${options.endpoint}`));
  if (rejected > 0) {
    terminal.print(
      colours.red(`${count(rejected, 'letter')} refused by the server: see tracehub dlq show --rejected`),
    );
  }
  // A running app may have sent them meanwhile.
  if (left > 0) terminal.print(colours.yellow(`${count(left, 'letter')} not sent by this replay`));
  return rejected > 0 || left > 0 ? EXIT.problem : EXIT.ok;
}

function noteHeld(held: number, terminal: Terminal): void {
  if (held > 0) terminal.note(`${count(held, 'letter')} in use by running processes stay with them`);
}
