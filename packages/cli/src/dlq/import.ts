import { join } from 'node:path';
import { Lease, systemClock } from '@tracehub/core-sender/dead-letters';
import { EXIT } from '../cli-error.ts';
import { chooseFiles } from '../letters/choose-files.ts';
import { type LineCounts, countLines } from '../letters/foreign-file.ts';
import { importFile } from '../letters/import-file.ts';
import type { SdkFile } from '../letters/sdk-files.ts';
import { maskKey } from '../settings/mask-key.ts';
import type { Settings } from '../settings/settings.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { bytes, count, some } from '../terminal/words.ts';
import type { ActFlags } from './flags.ts';
import { shown } from './plan.ts';
import { noteWarning, openLetterBox, ownDestination } from './scope.ts';

interface ImportFlags extends ActFlags {
  keepFiles?: boolean;
}

/**
 * `tracehub dlq import`: makes the lines of other SDKs' `failed_*.jsonl`, or of an export, letters of this destination.
 * A file is deleted only when each of its lines is a letter on disk, or kept in `rejected/` with what is wrong with it.
 */
export async function importFiles(
  settings: Settings,
  asked: readonly string[],
  flags: ImportFlags,
  terminal: Terminal,
): Promise<number> {
  const { name } = ownDestination(settings);
  const files = await chooseFiles(settings.dlqPath, asked, terminal);
  if (files.length === 0) {
    terminal.print(`no failed_*.jsonl files in ${settings.dlqPath}`);
    return EXIT.ok;
  }
  const rejected = join(settings.dlqPath, name, 'rejected');
  const planned = await countLines(files, settings.options);
  if (!shown(terminal, toPlan(files, planned, rejected, flags, settings), flags.yes)) return EXIT.ok;

  const { letters, unreadable, left } = await run(files, planned, flags, settings, terminal);
  const { yellow } = terminal.colours;
  terminal.print(
    `${count(letters, 'letter')} imported; an app with this key, or tracehub dlq replay, sends them`,
  );
  if (unreadable > 0)
    terminal.print(yellow(`${count(unreadable, 'line')} could not be read as an entry: kept in ${rejected}`));
  if (left > 0) terminal.print(yellow(`${count(left, 'file')} not imported`));
  return unreadable > 0 || left > 0 ? EXIT.problem : EXIT.ok;
}

function toPlan(
  files: readonly SdkFile[],
  { letters, unreadable }: LineCounts,
  rejected: string,
  { keepFiles }: ImportFlags,
  settings: Settings,
): string[] {
  const { endpoint, apiKey } = settings.options;
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [
    `${count(files.length, 'file')}, ${bytes(size)} (${some(files.map(({ name }) => name))})`,
    `${count(letters, 'line')} would become letters of ${endpoint} (from ${settings.sourceOf('endpoint')})`,
    `and be sent with the key ${maskKey(apiKey)} (from ${settings.sourceOf('apiKey')})`,
  ];
  if (unreadable > 0)
    lines.push(`${count(unreadable, 'line')} that cannot be read as an entry would be kept in ${rejected}`);
  if (keepFiles !== true) lines.push(`the ${files.length === 1 ? 'file' : 'files'} would be deleted then`);
  return lines;
}

/** Ctrl-C ends it after the file under way: of half a file the next import would make the same letters again. */
async function run(
  files: readonly SdkFile[],
  planned: LineCounts,
  { keepFiles }: ImportFlags,
  settings: Settings,
  terminal: Terminal,
): Promise<LineCounts & { left: number }> {
  const box = await openLetterBox(settings, noteWarning(terminal));
  const lease = new Lease(settings.dlqPath, systemClock);
  await lease.take();
  const into = { box, owner: lease.owner, isKept: keepFiles === true, options: settings.options };
  const counts: LineCounts = { letters: 0, unreadable: 0 };
  const progress = startProgress('importing', planned.letters + planned.unreadable);
  let isStopped = false;
  const off = onInterrupt(() => (isStopped = true));
  let left = files.length;
  try {
    for (const file of files) {
      if (isStopped) break;
      await importFile(file, into, counts, () => progress.set(counts.letters + counts.unreadable));
      left--;
    }
    return { ...counts, left };
  } finally {
    off();
    progress.end();
    await lease.release();
  }
}
