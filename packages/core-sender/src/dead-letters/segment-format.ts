import { constants } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { JsonBytes } from '../entry/encoded-entry.ts';

/*
 * A segment is a text file, one line each:
 *
 *   tracehub-segment 1                     header: format and version
 *   <crc32, 8 hex> <entry as JSON>         an entry; JSON has no raw newline, so a line is an entry
 *   =<crc32, 8 hex> <from>-<to>            entries that start at byte offsets from ≤ offset < to are done
 *
 * A line counts when its checksum does: a torn or damaged line costs itself, never its neighbours. Bytes after the
 * last newline are a write that was cut off.
 */

const HEADER = 'tracehub-segment 1\n';
const ANY_VERSION = /^tracehub-segment (\d+)\n/;

export { HEADER as SEGMENT_HEADER };

/**
 * How marks are added to a segment that is there. None is made for them: beside the file that another process has taken
 * over, one with nothing but marks would in the end be put in its place.
 */
export const APPEND: number = constants.O_WRONLY | constants.O_APPEND;

/** Many times what a segment grows to: what is larger was not written by a sender, and is not read into memory. */
export const MAX_SEGMENT_BYTES: number = 128 * 1024 * 1024;

/** Bytes of a line beside the entry: checksum, space, newline. */
export const LINE_OVERHEAD = 10;

/** Writes the line with an entry at the offset `at`; gives the offset behind it. */
export function writeEntryLine(into: Buffer, at: number, { chunk, start, bytes }: JsonBytes): number {
  const from = at + LINE_OVERHEAD - 1;
  const to = from + bytes;
  chunk.copy(into, from, start, start + bytes);
  into.write(`${checksum(into.subarray(from, to))} `, at, 'latin1');
  into[to] = 0x0a;
  return to + 1;
}

/** A line that marks the entries of a range of byte offsets as done. */
export function doneLine(from: number, to: number): string {
  const range = `${from}-${to}`;
  return `=${checksum(range)} ${range}\n`;
}

function checksum(data: string | Buffer): string {
  return crc32(data).toString(16).padStart(8, '0');
}

/** An entry read back, with the byte range of its line. */
export interface StoredEntry {
  json: string;
  from: number;
  to: number;
}

export interface DecodedSegment {
  /** `foreign`: no segment, or one of a newer version; to be left alone. */
  kind: 'segment' | 'foreign';
  /** What is still to be delivered. */
  entries: StoredEntry[];
  /** Lines whose checksum does not hold. */
  damagedLines: number;
}

/** Reads what can be read of a segment. */
export function decodeSegment(data: Buffer): DecodedSegment {
  const head = data.toString('latin1', 0, 40);
  const version = ANY_VERSION.exec(head)?.[1];
  if (version !== undefined && version !== '1') return { kind: 'foreign', entries: [], damagedLines: 0 };
  // Killed while the header was written.
  if (HEADER.startsWith(head)) return { kind: 'segment', entries: [], damagedLines: 0 };
  const entries: StoredEntry[] = [];
  const done: { from: number; to: number }[] = [];
  // A damaged header costs as little as any damaged line.
  let damagedLines = version === undefined ? 1 : 0;
  for (let from = version === undefined ? 0 : HEADER.length; from < data.length;) {
    const end = data.indexOf(0x0a, from);
    if (end === -1) break;
    const line = data.toString('utf8', from, end);
    const to = end + 1;
    const json = checkedText(line, 0);
    const range = json === undefined && line.startsWith('=') ? checkedText(line, 1) : undefined;
    if (json !== undefined) entries.push({ json, from, to });
    else if (range !== undefined) done.push(parseRange(range));
    else damagedLines++;
    from = to;
  }
  if (version === undefined && entries.length === 0) return { kind: 'foreign', entries, damagedLines: 0 };
  const isDone = (entry: StoredEntry): boolean =>
    done.some(({ from, to }) => entry.from >= from && entry.from < to);
  return {
    kind: 'segment',
    entries: done.length === 0 ? entries : entries.filter((entry) => !isDone(entry)),
    damagedLines,
  };
}

/** The text of a line after its checksum, if that holds. */
function checkedText(line: string, start: number): string | undefined {
  if (line[start + 8] !== ' ') return undefined;
  const text = line.slice(start + 9);
  return line.slice(start, start + 8) === checksum(text) ? text : undefined;
}

function parseRange(text: string): { from: number; to: number } {
  const [from, to] = text.split('-').map(Number);
  return { from: from ?? 0, to: to ?? 0 };
}
