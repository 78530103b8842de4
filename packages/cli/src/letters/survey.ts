import { type Entry } from '@tracehub/core-sender';
import { type StoredEntry, parseEntry } from '@tracehub/core-sender/dead-letters';
import type { Destination } from './destinations.ts';
import { readRejected } from './rejected.ts';
import { quarantined, readSegments } from './segments.ts';
import { wireFault } from './wire-fault.ts';

/** A letter that breaks the server's rules. */
interface Poison {
  file: string;
  id: string;
  fault: string;
}

/** What lies in the directory of one destination. */
export interface Survey {
  destination: Destination;
  /** Letters a replay would send. */
  waiting: number;
  /** Letters a running process is writing or sending. */
  held: number;
  bytes: number;
  oldest: string | undefined;
  newest: string | undefined;
  /** Who logged them: services with their environments. */
  services: string[];
  rejected: number;
  /** Reasons of the rejected, each once. */
  reasons: string[];
  poison: Poison[];
  damagedLines: number;
  /** Files set aside. */
  damaged: string[];
}

/** Reads everything of a destination. Rejects when the directory cannot be read. */
export async function survey(destination: Destination): Promise<Survey> {
  const found: Survey = {
    destination,
    waiting: 0,
    held: 0,
    bytes: 0,
    oldest: undefined,
    newest: undefined,
    services: [],
    rejected: 0,
    reasons: [],
    poison: [],
    damagedLines: 0,
    damaged: await quarantined(destination.path),
  };
  const services = new Set<string>();
  for await (const { file, state, bytes, entries, damagedLines } of readSegments(destination.path)) {
    found.bytes += bytes;
    if (state === 'waiting') found.waiting += entries.length;
    else found.held += entries.length;
    // The last line of a segment that is being written is cut off for a moment.
    if (state === 'waiting') found.damagedLines += damagedLines;
    for (const entry of entries) look(entry, file, found, services);
  }
  const rejected = await readRejected(destination.path);
  found.rejected = rejected.length;
  found.reasons = [...new Set(rejected.map(({ reason }) => reason))];
  found.services = [...services].toSorted();
  return found;
}

function look({ json }: StoredEntry, file: string, found: Survey, services: Set<string>): void {
  const entry: Partial<Entry> | undefined = parseEntry(json);
  const fault = entry ? wireFault(entry) : 'is no entry';
  if (fault !== undefined) found.poison.push({ file, id: String(entry?.id ?? ''), fault });
  if (!entry) return;
  const { timestamp = '', service, environment } = entry;
  if (found.oldest === undefined || timestamp < found.oldest) found.oldest = timestamp;
  if (found.newest === undefined || timestamp > found.newest) found.newest = timestamp;
  if (typeof service === 'string') services.add(environment ? `${service} (${environment})` : service);
}
