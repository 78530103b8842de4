import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';

/** Name of the directory for one endpoint and key: another project's key never sends its letters. One-way. */
export function destinationName(endpoint: string, apiKey: string): string {
  return createHash('sha256').update(`${endpoint}\n${apiKey}`).digest('hex').slice(0, 16);
}

const DESTINATION = /^[0-9a-f]{16}$/;

/** Whether a name in a dead-letter directory is that of a destination. */
export function isDestinationName(name: string): boolean {
  return DESTINATION.test(name);
}

/** Destinations beside `own` that have letters waiting, most often those of a key that was rotated. */
export async function otherDestinations(dlqPath: string, own: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await fs.promises.readdir(dlqPath)) {
    if (name === own || !isDestinationName(name)) continue;
    if (await hasSegments(join(dlqPath, name))) found.push(name);
  }
  return found;
}

async function hasSegments(directory: string): Promise<boolean> {
  try {
    for await (const file of await fs.promises.opendir(directory)) {
      if (file.name.endsWith('.seg')) return true;
    }
  } catch {
    // Not a directory, or another user's: none of our business.
  }
  return false;
}
