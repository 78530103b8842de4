import { join } from 'node:path';
import type { Entry } from '@tracehub/core-sender';
import { namesIn } from './destinations.ts';
import { readIfThere } from './segments.ts';

/** An entry the server refused for good. */
export interface RejectedLetter {
  reason: string;
  /** When it was refused, ISO 8601. */
  at: string;
  /** The entry as JSON. */
  json: string;
}

/** A file in `rejected/`: one JSON object a line. `<owner>.jsonl`, or with the owner of a tool that has taken it. */
export const REJECTED_FILE: RegExp = /^[0-9a-f]+\.jsonl(?:\.([0-9a-f]+))?$/;

/** The entries of a destination that were refused, file by file. */
export async function readRejected(directory: string): Promise<RejectedLetter[]> {
  const folder = join(directory, 'rejected');
  const letters: RejectedLetter[] = [];
  for (const file of (await namesIn(folder)).toSorted()) {
    if (!REJECTED_FILE.test(file)) continue;
    const data = await readIfThere(join(folder, file));
    if (data) letters.push(...parseRejected(data.toString('utf8')).letters);
  }
  return letters;
}

/** The letters in the text of a file, and the lines that hold none: a write that was cut off. */
export function parseRejected(text: string): { letters: RejectedLetter[]; torn: string[] } {
  const letters: RejectedLetter[] = [];
  const torn: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const { reason, at } = JSON.parse(line) as { reason: string; at: string; entry: Entry };
      letters.push({ reason, at, json: rawEntry(line) });
    } catch {
      torn.push(line);
    }
  }
  return { letters, torn };
}

/** The entry as it was written: parsing and writing it anew would round large numbers. */
function rawEntry(line: string): string {
  const start = line.indexOf(',"entry":');
  return line.slice(start + ',"entry":'.length, -1);
}
