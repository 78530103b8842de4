import { Command } from 'commander';
import { EXIT } from './cli-error.ts';
import { addDlqCommands } from './dlq/commands.ts';
import { addDoctorCommand } from './doctor/command.ts';
import { addDevCommand } from './dev/command.ts';
import { addTailCommand } from './tail/command.ts';
import type { Terminal } from './terminal/terminal.ts';
import { SDK_VERSION } from './version.ts';

/** The command line of `tracehub`; `end` hears the exit code of the command that ran. */
export function createProgram(terminal: Terminal, end: (exitCode: number) => void): Command {
  const program = new Command('tracehub')
    .description('TraceHub: find out why logs do not arrive, work on dead letters, follow logs live')
    .version(SDK_VERSION.replace('cli/', ''))
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText(
      'after',
      `\nExit status: ${EXIT.ok} all is well, ${EXIT.problem} something is wrong or left undone, ` +
        `${EXIT.usage} the command line or configuration cannot be used.\n` +
        'The configuration is that of the transports: TRACEHUB_API_KEY, TRACEHUB_ENDPOINT, TRACEHUB_DLQ_PATH, …',
    );
  addDoctorCommand(program, terminal, end);
  addDlqCommands(program, terminal, end);
  addTailCommand(program, terminal, end);
  addDevCommand(program, terminal, end);
  return program;
}
