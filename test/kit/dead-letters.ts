import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '@tracehub/core-sender';
import { decodeSegment } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import { parseSegmentName } from '../../packages/core-sender/src/dead-letters/segment-name.ts';

/** What lies in a dead-letter directory, over all destinations. */
export interface DeadLetters {
  /** Waiting for replay. */
  entries: Entry[];
  /** Refused for good by a server. */
  rejected: Entry[];
  /** Files that are no whole segments: what a clean end of the process never leaves behind. */
  faults: string[];
}

/** Reads every dead letter below `dlqPath`; nothing is changed. */
export function readDeadLetters(dlqPath: string): DeadLetters {
  const found: DeadLetters = { entries: [], rejected: [], faults: [] };
  if (!existsSync(dlqPath)) return found;
  for (const destination of readdirSync(dlqPath)) readDestination(join(dlqPath, destination), found);
  return found;
}

function readDestination(directory: string, found: DeadLetters): void {
  for (const file of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, file.name);
    if (file.isDirectory()) {
      if (file.name === 'rejected') found.rejected.push(...readRejected(path));
      else found.faults.push(path);
      continue;
    }
    if (!parseSegmentName(file.name)) continue;
    const segment = decodeSegment(readFileSync(path));
    if (segment.kind === 'foreign') found.faults.push(`${path} is no segment`);
    if (segment.damagedLines > 0) found.faults.push(`${path} has ${segment.damagedLines} damaged lines`);
    found.entries.push(...segment.entries.map(({ json }) => JSON.parse(json) as Entry));
  }
}

function readRejected(directory: string): Entry[] {
  return readdirSync(directory).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { entry: Entry }).entry),
  );
}
