import type { EncodedEntry } from '../entry/encoded-entry.ts';
import { doneLine, entryLine } from './segment-format.ts';

/** Lines for a segment: how many entries they are, and their UTF-8 size. */
export interface Lines {
  text: string;
  count: number;
  bytes: number;
}

/** Bytes of a line beside the entry: checksum, space, newline. */
export const LINE_OVERHEAD = 10;

/** The entries as lines of a segment. */
export function toLines(entries: readonly EncodedEntry[]): Lines {
  const text = entries.map(({ json }) => entryLine(json)).join('');
  return { text, count: entries.length, bytes: Buffer.byteLength(text) };
}

/** Marks for those of the entries, written from the offset `start` on, that came to an end meanwhile. */
export function marksOfSettled(entries: readonly EncodedEntry[], start: number): Lines {
  const marks: string[] = [];
  let from = start;
  for (const { bytes, isSettled } of entries) {
    const to = from + bytes + LINE_OVERHEAD;
    if (isSettled) marks.push(doneLine(from, to));
    from = to;
  }
  const text = marks.join('');
  return { text, count: -marks.length, bytes: text.length };
}

/** Runs of entries of about `bytes`, so that no segment is larger than replay wants to read. */
export function* partsOf(entries: readonly EncodedEntry[], bytes: number): Generator<EncodedEntry[]> {
  let part: EncodedEntry[] = [];
  let size = 0;
  for (const entry of entries) {
    if (part.length > 0 && size + entry.bytes > bytes) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(entry);
    size += entry.bytes;
  }
  if (part.length > 0) yield part;
}
