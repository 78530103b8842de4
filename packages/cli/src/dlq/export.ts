import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { CliError, EXIT } from '../cli-error.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from '../terminal/words.ts';
import { type ShowFlags, lettersOf } from './show.ts';

export interface ExportFlags extends ShowFlags {
  out?: string;
}

/** `tracehub dlq export`: the letters as NDJSON, one entry a line as it would be sent. They stay where they are. */
export async function exportLetters(
  settings: Settings,
  flags: ExportFlags,
  terminal: Terminal,
): Promise<number> {
  let exported = 0;
  if (flags.out === undefined) {
    for await (const { json } of lettersOf(settings, flags)) {
      // A pipe takes its time: what waits for it must not fill the memory.
      if (!process.stdout.write(`${json}\n`)) await once(process.stdout, 'drain');
      exported++;
    }
  } else {
    exported = await exportTo(flags.out, settings, flags);
  }
  terminal.note(`${count(exported, 'letter')} exported`);
  return EXIT.ok;
}

async function exportTo(path: string, settings: Settings, flags: ExportFlags): Promise<number> {
  // Only the user may read what was logged; a file that is there is somebody's.
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  const failed = once(file, 'error').then(([error]) => {
    throw new CliError(`--out ${path}: ${(error as Error).message}`, EXIT.problem);
  });
  let exported = 0;
  const written = (async () => {
    for await (const { json } of lettersOf(settings, flags)) {
      if (!file.write(`${json}\n`)) await once(file, 'drain');
      exported++;
    }
    file.end();
    await once(file, 'close');
  })();
  await Promise.race([written, failed]);
  return exported;
}
