import type { EncodedEntry, JsonBytes } from '../entry/encoded-entry.ts';
import { LINE_OVERHEAD, doneLine, writeEntryLine } from './segment-format.ts';

/** Lines for a segment, and how many entries they are. */
export interface Lines {
  data: Buffer;
  count: number;
}

/** The entries as lines of a segment. */
export function toLines(entries: readonly JsonBytes[]): Lines {
  const data = Buffer.allocUnsafe(bytesOfLines(entries));
  let end = 0;
  for (const entry of entries) end = writeEntryLine(data, end, entry);
  return { data, count: entries.length };
}

/** The size of {@link toLines}. */
export function bytesOfLines(entries: readonly JsonBytes[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes + LINE_OVERHEAD, 0);
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
  return { data: Buffer.from(marks.join('')), count: -marks.length };
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
