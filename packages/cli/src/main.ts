#!/usr/bin/env node
import { CommanderError } from 'commander';
import { CliError, EXIT } from './cli-error.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal/terminal.ts';

const terminal = processTerminal();

try {
  const program = createProgram(terminal, (exitCode) => {
    process.exitCode = exitCode;
  });
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what went wrong, unless the parser of the command line has. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const text = error instanceof Error ? error.message : String(error);
  terminal.note(terminal.noteColours.red(`tracehub: ${text}`));
  return error instanceof CliError ? error.exitCode : EXIT.problem;
}
