import { EncodedEntry, toJsonBytes } from '../entry/encoded-entry.ts';
import type { Entry } from '../entry/entry.ts';
import { issueKey } from '../entry/issue-key.ts';
import { TimestampMaker, isStorable } from '../entry/timestamp.ts';

/**
 * A stored entry made ready to be sent; undefined for a line that holds no entry, or one that cannot be read. One that has grown too old for the
 * server's partitions in the meantime gets the present time, with its own in `extra`: otherwise it would sink its
 * batch silently (contract.md 3).
 */
export function storedToEncoded(json: string, now: number, wall: number): EncodedEntry | undefined {
  const entry = parseEntry(json);
  if (!entry || !isReadable(entry)) return undefined;
  let text = json;
  if (!isStorable(Date.parse(entry.timestamp), wall)) {
    entry.extra = { ...entry.extra, original_timestamp: entry.timestamp };
    entry.timestamp = new TimestampMaker().make(wall, wall).text;
    text = JSON.stringify(entry);
  }
  const makesIssue = entry.level === 'ERROR' || entry.level === 'FATAL';
  const key = makesIssue ? issueKey(entry.message, entry.error_type, entry.stack_trace) : undefined;
  return new EncodedEntry(-1, toJsonBytes(text), key, Number(entry.timestamp.slice(0, 4)), now);
}

/** The entry in a stored line; undefined for JSON that is no entry. */
export function parseEntry(json: string): Entry | undefined {
  try {
    const entry = JSON.parse(json) as Partial<Entry> | null;
    const isEntry = typeof entry?.message === 'string' && typeof entry.timestamp === 'string';
    return isEntry ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether what is read of it here is of the type that it should be; the rest is the server's to judge. */
function isReadable({
  error_type: type,
  stack_trace: stack,
  extra,
}: Readonly<Partial<Record<keyof Entry, unknown>>>): boolean {
  const areTexts = [type, stack].every((text) => text === undefined || typeof text === 'string');
  return (
    areTexts &&
    (extra === undefined || (typeof extra === 'object' && extra !== null && !Array.isArray(extra)))
  );
}
