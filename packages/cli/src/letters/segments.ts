import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type StoredEntry,
  decodeSegment,
  isOwnerDead,
  parseSegmentName,
} from '@tracehub/core-sender/dead-letters';
import { namesIn } from './destinations.ts';

/** A segment as it lies there; nothing is changed by looking. */
export interface Segment {
  file: string;
  /** `writing` and `sending`: a running process has it, and only that one may touch it. */
  state: 'waiting' | 'writing' | 'sending';
  bytes: number;
  /** Not yet delivered. */
  entries: StoredEntry[];
  damagedLines: number;
}

/** The segments of a destination, oldest first. One that is delivered or taken while we look is left out. */
export async function* readSegments(directory: string): AsyncGenerator<Segment> {
  const isDead = new Map<string, boolean>();
  for (const file of (await namesIn(directory)).toSorted()) {
    const name = parseSegmentName(file);
    if (!name) continue;
    const { holder } = name;
    if (holder !== undefined && !isDead.has(holder)) isDead.set(holder, await isOwnerDead(directory, holder));
    const isHeld = holder !== undefined && isDead.get(holder) === false;
    const data = await readIfThere(join(directory, file));
    if (!data) continue;
    const { kind, entries, damagedLines } = decodeSegment(data);
    if (kind === 'foreign') continue;
    const state = !isHeld ? 'waiting' : name.state === 'open' ? 'writing' : 'sending';
    yield { file, state, bytes: data.length, entries, damagedLines };
  }
}

/** Files that were set aside because they could not be read whole. */
export async function quarantined(directory: string): Promise<string[]> {
  const folder = join(directory, 'quarantine');
  return (await namesIn(folder)).map((name) => join(folder, name));
}

/** Undefined for a file that is gone. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
