import { createReadStream } from 'node:fs';
import { rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Lease, type LetterBox, systemClock } from '@tracehub/core-sender/dead-letters';
import { CliError, EXIT } from '../cli-error.ts';
import { ForeignLines } from '../letters/foreign-line.ts';
import { type SdkFile, listSdkFiles, sdkName, takenName } from '../letters/sdk-files.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { bytes, count, some } from '../terminal/words.ts';
import type { ActFlags } from './flags.ts';
import { shown } from './plan.ts';
import { noteWarning, openLetterBox, ownDestination } from './scope.ts';

/** Lines made letters in one go: a file can be of any size. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** A file that an SDK wrote to this recently may be written to again. */
const QUIET_MS = 10_000;

interface ImportCounts {
  letters: number;
  bad: number;
}

/**
 * `tracehub dlq import`: makes the lines of other SDKs' `failed_*.jsonl`, or of an export, letters of this destination.
 * A file is deleted only when each of its lines is a letter on disk, or kept in `rejected/` with what is wrong with it.
 */
export async function importFiles(
  settings: Settings,
  asked: readonly string[],
  flags: ActFlags & { keepFiles?: boolean },
  terminal: Terminal,
): Promise<number> {
  const own = ownDestination(settings);
  const files = await chooseFiles(settings.dlqPath, asked, terminal);
  if (files.length === 0) {
    terminal.print(`no failed_*.jsonl files in ${settings.dlqPath}`);
    return EXIT.ok;
  }
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [
    `${count(files.length, 'file')}, ${bytes(size)} (${some(files.map(({ name }) => name))})`,
    `would become letters of ${settings.options.endpoint} and be sent with this key (${own.name})`,
  ];
  if (flags.keepFiles !== true) lines.push('and the files be deleted then');
  if (!shown(terminal, lines, flags.yes)) return EXIT.ok;

  const box = await openLetterBox(settings, noteWarning(terminal));
  const lease = new Lease(settings.dlqPath, systemClock);
  await lease.take();
  const counts: ImportCounts = { letters: 0, bad: 0 };
  try {
    for (const file of files)
      await importFile(file, box, lease.owner, flags.keepFiles === true, settings, counts);
  } finally {
    await lease.release();
  }
  terminal.print(
    `${count(counts.letters, 'letter')} imported; an app with this key, or tracehub dlq replay, sends them`,
  );
  if (counts.bad === 0) return EXIT.ok;
  terminal.print(
    terminal.colours.yellow(
      `${count(counts.bad, 'line')} could not be read as an entry: kept in ${join(box.path, 'rejected')}`,
    ),
  );
  return EXIT.problem;
}

async function chooseFiles(
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

/** A file among the dead letters is taken by rename, so that neither an SDK nor a second import reads it too. */
async function importFile(
  file: SdkFile,
  box: LetterBox,
  owner: string,
  isKept: boolean,
  { options, dlqPath }: Settings,
  counts: ImportCounts,
): Promise<void> {
  const original = join(dirname(file.path), file.name);
  const isTaken = !isKept && dirname(file.path) === dlqPath;
  const path = isTaken ? takenName(original, owner) : file.path;
  try {
    if (isTaken) await rename(file.path, path);
  } catch (error) {
    // Its SDK, or another import, was faster.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const { mtimeMs } = await stat(path);
    await importLines(
      path,
      new ForeignLines(options, file.name, Math.floor(mtimeMs)),
      file.name,
      box,
      counts,
    );
    if (!isKept) await unlink(path);
  } catch (error) {
    if (isTaken) await rename(path, original).catch(() => {});
    throw error;
  }
}

async function importLines(
  path: string,
  foreign: ForeignLines,
  name: string,
  box: LetterBox,
  counts: ImportCounts,
): Promise<void> {
  let letters: string[] = [];
  let size = 0;
  let number = 0;
  const flush = async (): Promise<void> => {
    if (letters.length > 0) mustBeKept(await box.append(letters), box);
    counts.letters += letters.length;
    letters = [];
    size = 0;
  };
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    if (line.trim() === '') continue;
    const read = foreign.read(line, number);
    if ('fault' in read) {
      counts.bad++;
      mustBeKept(await box.reject([JSON.stringify(line)], `line ${number} of ${name} is ${read.fault}`), box);
      continue;
    }
    letters.push(read.json);
    size += read.json.length;
    if (size >= CHUNK_BYTES) await flush();
  }
  await flush();
}

function mustBeKept(result: Awaited<ReturnType<LetterBox['append']>>, box: LetterBox): void {
  if (result !== 'kept') throw new CliError(`${box.path} takes no letters (${result})`, EXIT.problem);
}
