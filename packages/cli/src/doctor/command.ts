import type { Command } from 'commander';
import { withSenderFlags } from '../settings/flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DoctorFlags } from './doctor.ts';

/** `tracehub doctor`. */
export function addDoctorCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  withSenderFlags(program.command('doctor'))
    .description(
      'check configuration, network, server, key and disk, and name the first cause with what to do',
    )
    .option('--service <name>', 'name of the application (TRACEHUB_SERVICE)')
    .option('--environment <name>', 'such as production (TRACEHUB_ENVIRONMENT)')
    .option('--read-token <token>', 'find the entry that was sent again (TRACEHUB_READ_TOKEN)')
    .option('--no-send', 'send no real entry, only empty batches')
    .option('--json', 'everything, as JSON')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.ts');
      end(await doctor(flags, terminal));
    });
}
