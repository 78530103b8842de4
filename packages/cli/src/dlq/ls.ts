import { EXIT } from '../cli-error.ts';
import { listDestinations } from '../letters/destinations.ts';
import { type SdkFile, listSdkFiles } from '../letters/sdk-files.ts';
import { type Survey, survey } from '../letters/survey.ts';
import type { Settings } from '../settings/settings.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { bytes, count, printable, some } from '../terminal/words.ts';

/** `tracehub dlq ls`: what lies in the dead-letter directory. */
export async function ls(settings: Settings, flags: { json?: boolean }, terminal: Terminal): Promise<number> {
  const { dlqPath } = settings;
  const surveys: Survey[] = [];
  for (const destination of await listDestinations(dlqPath)) surveys.push(await survey(destination));
  const sdkFiles = await listSdkFiles(dlqPath);
  if (flags.json === true) {
    const destinations = surveys.map(({ destination, ...rest }) => ({
      ...destination,
      endpoint: destination.name === settings.destination ? settings.options.endpoint : null,
      ...rest,
    }));
    terminal.print(JSON.stringify({ dlqPath, destinations, sdkFiles }, null, 2));
    return EXIT.ok;
  }
  if (surveys.length === 0) terminal.print(`${dlqPath}: no dead letters`);
  else printSurveys(dlqPath, surveys, settings, terminal);
  printSdkFiles(sdkFiles, terminal);
  return EXIT.ok;
}

function printSurveys(
  dlqPath: string,
  surveys: readonly Survey[],
  settings: Settings,
  terminal: Terminal,
): void {
  const { colours } = terminal;
  terminal.print(colours.bold(dlqPath));
  const head = ['DESTINATION', 'WAITING', 'IN USE', 'REJECTED', 'SIZE', 'OLDEST', 'FOR'];
  const rows = surveys.map((found) => [
    found.destination.name,
    String(found.waiting),
    String(found.held),
    String(found.rejected),
    bytes(found.bytes),
    found.oldest?.slice(0, 19) ?? '-',
    whose(found, settings),
  ]);
  const [first = '', ...lines] = table([head, ...rows], [1, 2, 3, 4]);
  terminal.print(colours.dim(first));
  for (const line of lines) terminal.print(line);
  for (const { destination, poison, damaged, damagedLines } of surveys) {
    if (poison.length > 0) {
      terminal.print(
        colours.red(
          `${destination.name}: ${count(poison.length, 'letter')} would cost the batch: ` +
            `${printable(poison[0]?.fault ?? '')}; see tracehub dlq show --poison --destination ${destination.name}`,
        ),
      );
    }
    if (damagedLines > 0) {
      terminal.print(colours.yellow(`${destination.name}: ${count(damagedLines, 'damaged line')}`));
    }
    if (damaged.length > 0) {
      terminal.print(
        colours.yellow(`${destination.name}: ${count(damaged.length, 'damaged file')}: ${some(damaged)}`),
      );
    }
  }
}

/** The name is a hash: the endpoint explains the one of this configuration, its letters explain another. */
function whose({ destination, services }: Survey, settings: Settings): string {
  const by = services.length > 0 ? `logged by ${printable(some(services))}` : '';
  if (destination.name !== settings.destination) return by || 'another endpoint or key';
  return `${settings.options.endpoint} with this key${by && `, ${by}`}`;
}

function printSdkFiles(files: readonly SdkFile[], terminal: Terminal): void {
  if (files.length === 0) return;
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  terminal.print(
    `${count(files.length, 'file')} of another TraceHub SDK, ${bytes(size)} (${some(files.map(({ name }) => name))}): ` +
      'tracehub dlq import makes them dead letters of the project whose key is set',
  );
}
