import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type SdkFile, listSdkFiles, sdkName } from './sdk-files.ts';

/** A file that an SDK wrote to this recently may be written to again. */
const QUIET_MS = 10_000;

/**
 * The files an import is about: those asked for, else what other SDKs left in `dlqPath` a while ago.
 *
 * @throws CliError for one that is not there.
 */
export async function chooseFiles(
  dlqPath: string,
  asked: readonly string[],
  terminal: Terminal,
): Promise<SdkFile[]> {
  if (asked.length === 0) {
    const files: SdkFile[] = [];
    for (const file of await listSdkFiles(dlqPath)) {
      if (Date.now() - (await stat(file.path)).mtimeMs >= QUIET_MS) files.push(file);
      else
        terminal.note(
          `${file.name} was written just now and is left to its SDK; name it to import it all the same`,
        );
    }
    return files;
  }
  return await Promise.all(
    asked.map(async (name) => {
      const path = resolve(name);
      const found = await stat(path).catch((error: Error) => {
        throw new CliError(`${name} cannot be imported: ${error.message}`);
      });
      if (!found.isFile()) throw new CliError(`${name} cannot be imported: it is no file`);
      return { path, name: sdkName(basename(path)), bytes: found.size };
    }),
  );
}
