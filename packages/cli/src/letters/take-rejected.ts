import { appendFile, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Lease,
  type Selection,
  isOwnerDead,
  syncNames,
  systemClock,
} from '@tracehub/core-sender/dead-letters';
import { namesIn } from './destinations.ts';
import { REJECTED_FILE, type RejectedLetter, parseRejected } from './rejected.ts';

/** An append of a running app, begun before its file was renamed, is over by then: it is an open, a write and an fsync. */
const SETTLE_MS = 1_000;

/**
 * Takes the selected of the refused entries out of `rejected/`. A file is taken by rename, so that its owner begins a
 * new one; it is deleted only when `act` has dealt with the selected and the others are on disk again. What a crash
 * leaves behind is taken up by the next look.
 */
export async function takeRejected(
  directory: string,
  isMeant: Selection,
  act: (letters: RejectedLetter[]) => Promise<void>,
): Promise<number> {
  const folder = join(directory, 'rejected');
  const lease = new Lease(directory, systemClock);
  let taken = 0;
  if ((await namesIn(folder)).length === 0) return taken;
  await lease.take();
  try {
    const files = await takeFiles(directory, folder, lease.owner);
    if (files.length > 0) await sleep(SETTLE_MS);
    for (const file of files) {
      const data = await readFile(file);
      const text = data.toString('utf8');
      const { meant, others } = divide(text, isMeant);
      if (meant.length > 0) await act(meant);
      await keep(join(folder, `${lease.owner}.jsonl`), others);
      await keepWhatCameSince(file, data.length, join(folder, `${lease.owner}.jsonl`));
      await unlink(file);
      taken += meant.length;
    }
    await syncNames(folder);
    return taken;
  } finally {
    await lease.release();
  }
}

async function takeFiles(directory: string, folder: string, owner: string): Promise<string[]> {
  const files: string[] = [];
  for (const file of await namesIn(folder)) {
    const match = REJECTED_FILE.exec(file);
    if (!match) continue;
    const [, taker] = match;
    if (taker !== undefined && !(await isOwnerDead(directory, taker))) continue;
    const base = taker === undefined ? file : file.slice(0, -taker.length - 1);
    const path = join(folder, `${base}.${owner}`);
    try {
      await rename(join(folder, file), path);
      files.push(path);
    } catch (error) {
      // Another was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return files;
}

function divide(text: string, isMeant: Selection): { meant: RejectedLetter[]; others: string[] } {
  const meant: RejectedLetter[] = [];
  const others: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const letter = parseRejected(line).letters[0];
    if (letter && isMeant({ json: letter.json, from: 0, to: 0 })) meant.push(letter);
    else others.push(line);
  }
  return { meant, others };
}

async function keep(file: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await appendFile(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, flush: true });
}

/** Whatever the owner still wrote into the file after it was read. */
async function keepWhatCameSince(file: string, read: number, to: string): Promise<void> {
  if ((await stat(file)).size === read) return;
  const rest = (await readFile(file)).subarray(read).toString('utf8');
  await keep(
    to,
    rest.split('\n').filter((line) => line !== ''),
  );
}
