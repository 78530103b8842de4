import type { Command } from 'commander';
import type { LetterFilter } from '../letters/letter-filter.ts';
import type { SenderFlags } from '../settings/settings.ts';
import { parseAge, parseLevel } from '../settings/parsers.ts';

/** Flags of the commands that act: without `yes` they say what they would do. */
export interface ActFlags extends SenderFlags, LetterFilter {
  yes?: boolean;
}

export function withFilters(command: Command): Command {
  return command
    .option('--level <level>', 'only letters of at least this level', parseLevel)
    .option('--older-than <age>', 'only letters logged at least so long ago, such as 30m, 2h, 7d', parseAge)
    .option('--poison', "only letters that break the server's rules and would cost their batch");
}

export function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do it; without this only the plan is shown');
}

export function withDestination(command: Command): Command {
  return command.option(
    '--destination <name>',
    'a destination of tracehub dlq ls (the beginning will do), others, or all; default: that of endpoint and key',
  );
}
