import { join } from 'node:path';
import { LetterBox } from '@tracehub/core-sender/dead-letters';
import { CliError } from '../cli-error.ts';
import { type Destination, chooseDestinations, listDestinations } from '../letters/destinations.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable } from '../terminal/words.ts';
import { SDK_VERSION } from '../version.ts';

/** The destinations a command is about: those asked for, else the one of endpoint and key. */
export async function destinationsOf(settings: Settings, asked: string | undefined): Promise<Destination[]> {
  const { dlqPath, destination: own } = settings;
  if (asked !== undefined) return chooseDestinations(await listDestinations(dlqPath), asked, own);
  if (own === undefined) {
    throw new CliError(
      settings.refusedKey?.fault ??
        'which destination? Give the key (TRACEHUB_API_KEY) and endpoint they belong to, or --destination',
    );
  }
  return [ownDestination(settings)];
}

/** The destination of endpoint and key, whether it has a directory yet or not. */
export function ownDestination(settings: Settings): Destination {
  settings.require('apiKey', 'endpoint', 'dlqPath');
  const name = settings.destination ?? '';
  return { name, path: join(settings.dlqPath, name) };
}

/** How a destination is called in the output: by its endpoint where that is known. */
export function describe(destination: Destination, settings: Settings): string {
  const { name } = destination;
  return name === settings.destination ? `${name} (${settings.options.endpoint}, this key)` : name;
}

/** The dead letters of endpoint and key, opened to act on; what the engine warns of goes to stderr. */
export async function openLetterBox(
  settings: Settings,
  onWarning: (warning: Error) => void,
): Promise<LetterBox> {
  settings.require('apiKey', 'endpoint', 'timeout');
  const { dlqPath } = settings;
  const box = new LetterBox({ ...settings.options, dlqPath }, `tracehub-${SDK_VERSION}`, onWarning);
  await box.open();
  return box;
}

/** Says a warning of the engine with its code, which the README's troubleshooting knows. */
export function noteWarning(terminal: Terminal): (warning: Error) => void {
  return (warning) => {
    const { code = '' } = warning as NodeJS.ErrnoException;
    terminal.note(terminal.noteColours.yellow(`${code}: ${printable(warning.message)}`));
  };
}
