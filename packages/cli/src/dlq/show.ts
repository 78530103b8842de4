import type { Entry } from '@tracehub/core-sender';
import { EXIT } from '../cli-error.ts';
import type { LetterFilter } from '../letters/letter-filter.ts';
import { toSelection } from '../letters/letter-filter.ts';
import { readRejected } from '../letters/rejected.ts';
import { readSegments } from '../letters/segments.ts';
import { wireFault } from '../letters/wire-fault.ts';
import type { Settings } from '../settings/settings.ts';
import { entryLine } from '../terminal/entry-line.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable } from '../terminal/words.ts';
import { destinationsOf } from './scope.ts';

export interface ShowFlags extends LetterFilter {
  destination?: string;
  rejected?: boolean;
  limit?: number;
  json?: boolean;
}

/** A letter with what there is to say about it. */
interface ShownLetter {
  json: string;
  remark: string | undefined;
}

/** `tracehub dlq show`: the letters themselves, oldest first. */
export async function show(settings: Settings, flags: ShowFlags, terminal: Terminal): Promise<number> {
  const { limit = 20, json = false } = flags;
  let seen = 0;
  for await (const letter of lettersOf(settings, flags)) {
    seen++;
    if (!json && seen > limit) continue;
    if (json) terminal.print(letter.json);
    else printLetter(letter, terminal);
  }
  if (json) return EXIT.ok;
  if (seen === 0) terminal.note('no letters');
  else if (seen > limit) terminal.note(`${seen - limit} more; --limit shows as many as you like`);
  return EXIT.ok;
}

/** The letters that flags select; nothing is changed by looking. */
export async function* lettersOf(settings: Settings, flags: ShowFlags): AsyncGenerator<ShownLetter> {
  const isMeant = toSelection(flags);
  for (const { path } of await destinationsOf(settings, flags.destination)) {
    if (flags.rejected === true) {
      for (const { json, reason, at } of await readRejected(path)) {
        if (isMeant({ json, from: 0, to: 0 })) yield { json, remark: `refused ${at}: ${reason}` };
      }
      continue;
    }
    for await (const { entries } of readSegments(path)) {
      for (const entry of entries) if (isMeant(entry)) yield { json: entry.json, remark: undefined };
    }
  }
}

function printLetter({ json, remark }: ShownLetter, terminal: Terminal): void {
  const { colours } = terminal;
  const entry = JSON.parse(json) as Partial<Entry> | string;
  if (typeof entry === 'string') terminal.print(printable(entry));
  else terminal.print(entryLine(entry, colours));
  const fault = typeof entry === 'string' ? undefined : wireFault(entry);
  if (remark !== undefined) terminal.print(colours.dim(`  ${printable(remark)}`));
  if (fault !== undefined) terminal.print(colours.red(`  would cost its batch: ${printable(fault)}`));
}
