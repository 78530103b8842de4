import type { Command } from 'commander';
import { withSenderFlags } from '../settings/flags.ts';
import { wholeNumber } from '../settings/parsers.ts';
import type { SenderFlags, Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ExportFlags } from './export.ts';
import { type ActFlags, withDestination, withFilters, withYes } from './flags.ts';
import type { ShowFlags } from './show.ts';

/**
 * `tracehub dlq …`: work on dead letters, beside running apps. A command's code is loaded when it runs: with the sender
 * it takes longer than `--help` may.
 */
export function addDlqCommands(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const dlq = program
    .command('dlq')
    .description('dead letters: entries that could not be delivered and wait on disk');
  const add = (name: string, description: string): Command =>
    withSenderFlags(dlq.command(name).description(description));

  add('ls', 'what waits, by destination (a hash of endpoint and key)')
    .option('--json', 'everything, as JSON')
    .action(async (flags: SenderFlags & { json?: boolean }) => {
      const { ls } = await import('./ls.ts');
      end(await ls(await settingsOf(flags), flags, terminal));
    });

  withFilters(withDestination(add('show', 'the letters themselves, oldest first')))
    .option('--rejected', 'those the server refused for good, with the reason')
    .option('--limit <n>', 'how many to show (default 20)', wholeNumber(1))
    .option('--json', 'all of them, one entry a line')
    .action(async (flags: SenderFlags & ShowFlags) => {
      const { show } = await import('./show.ts');
      end(await show(await settingsOf(flags), flags, terminal));
    });

  withYes(withFilters(add('replay', 'send what waits for this endpoint and key')))
    .option('--rejected', 'also what the server refused for good')
    .action(async (flags: ActFlags) => {
      const { replay } = await import('./replay.ts');
      end(await replay(await settingsOf(flags), flags, terminal));
    });

  withYes(withFilters(withDestination(add('drop', 'delete letters for good'))))
    .option('--rejected', 'those the server refused for good, in place of those that wait')
    .action(async (flags: ActFlags) => {
      const { drop } = await import('./drop.ts');
      end(await drop(await settingsOf(flags), flags, terminal));
    });

  withYes(
    withFilters(
      add('adopt', 'make letters of another destination, as of a rotated key, letters of this one'),
    ),
  )
    .argument('[destinations...]', 'names of tracehub dlq ls (the beginning will do), or others')
    .action(async (names: string[], flags: ActFlags) => {
      const { adopt } = await import('./adopt.ts');
      end(await adopt(await settingsOf(flags), names, flags, terminal));
    });

  withYes(
    add('import', "make other TraceHub SDKs' failed_*.jsonl, or an export, letters of this destination"),
  )
    .argument('[files...]', 'default: all failed_*.jsonl in the dead-letter directory')
    .option('--keep-files', 'leave the files where they are')
    .action(async (files: string[], flags: ActFlags & { keepFiles?: boolean }) => {
      const { importFiles } = await import('./import.ts');
      end(await importFiles(await settingsOf(flags), files, flags, terminal));
    });

  withFilters(
    withDestination(add('export', 'write letters as NDJSON, one entry a line; they stay where they are')),
  )
    .option('--rejected', 'those the server refused for good')
    .option('--out <file>', 'to a new file; default: stdout')
    .action(async (flags: SenderFlags & ExportFlags) => {
      const { exportLetters } = await import('./export.ts');
      end(await exportLetters(await settingsOf(flags), flags, terminal));
    });
}

/** Dead letters can be worked on where sending is turned off. */
async function settingsOf(flags: SenderFlags): Promise<Settings> {
  const { Settings: Loaded } = await import('../settings/settings.ts');
  return new Loaded(flags, { enabled: true });
}
