import type { Command } from 'commander';
import { parseLevel, wholeNumber } from '../settings/parsers.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { TailFlags } from './tail.ts';

/** Adds the flags that say which entries to follow, and how to show them. */
export function withTailFilters(command: Command): Command {
  return command
    .option('--level <level>', 'only entries of at least this level', parseLevel)
    .option('--service <name>', 'only this application')
    .option('--module <name>', 'only this module')
    .option('--environment <name>', 'only this environment')
    .option('--trace-id <id>', 'only this trace')
    .option('--query <words>', 'only with these words, as in a web search: "a phrase", or, -without')
    .option('--json', 'each entry as JSON on a line');
}

/** `tracehub tail`. */
export function addTailCommand(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const command = program
    .command('tail')
    .description('follow logs as a TraceHub collector stores them')
    .option('--endpoint <url>', 'base URL of the collector (TRACEHUB_ENDPOINT)')
    .option('--read-token <token>', 'token for reading (TRACEHUB_READ_TOKEN)')
    .option('--last <n>', 'show so many stored entries first', wholeNumber(0, 1000), 10);
  withTailFilters(command).action(async (flags: TailFlags) => {
    const { tail } = await import('./tail.ts');
    end(await tail(flags, terminal, new AbortController().signal));
  });
}
