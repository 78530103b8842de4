import type { Command } from 'commander';
import { wholeNumber } from '../settings/parsers.ts';
import { withTailFilters } from '../tail/command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DevFlags } from './dev.ts';

/** `tracehub dev`. */
export function addDevCommand(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const command = program
    .command('dev')
    .description('start a collector for development, open its page, and follow what comes in')
    .option('--port <n>', 'port to listen on, 0 for any (default 4319)', wholeNumber(0, 65_535))
    .option('--data-dir <dir>', 'where to keep everything, or memory (default ~/.tracehub/collector)')
    .option('--read-token <token>', 'token that reading demands (TRACEHUB_READ_TOKEN)')
    .option('--open', 'open the page in a browser (default: if stdout is a terminal)')
    .option('--no-open', 'open no browser');
  withTailFilters(command).action(async (flags: DevFlags) => {
    const { dev } = await import('./dev.ts');
    end(await dev(flags, terminal));
  });
}
