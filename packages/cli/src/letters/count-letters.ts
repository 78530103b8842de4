import type { Selection } from '@tracehub/core-sender/dead-letters';
import { readRejected } from './rejected.ts';
import { readSegments } from './segments.ts';

/** How many letters of a destination are meant. */
export interface LetterCounts {
  waiting: number;
  /** In the hands of a running process: no command touches them. */
  held: number;
  /** Refused by the server for good. */
  rejected: number;
}

export async function countLetters(path: string, isMeant: Selection): Promise<LetterCounts> {
  const counts: LetterCounts = { waiting: 0, held: 0, rejected: 0 };
  for await (const { state, entries } of readSegments(path)) {
    const meant = entries.filter((entry) => isMeant(entry)).length;
    if (state === 'waiting') counts.waiting += meant;
    else counts.held += meant;
  }
  const rejected = await readRejected(path);
  counts.rejected = rejected.filter(({ json }) => isMeant({ json, from: 0, to: 0 })).length;
  return counts;
}
