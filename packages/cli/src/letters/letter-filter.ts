import type { Entry, Level } from '@tracehub/core-sender';
import { type Selection, levelRank } from '@tracehub/core-sender/dead-letters';
import { wireFault } from './wire-fault.ts';

/** Which letters a command is about. */
export interface LetterFilter {
  /** Least severe level. */
  level?: Level;
  /** Logged at least this many ms ago. */
  olderThan?: number;
  /** Only those that break the server's rules. */
  poison?: boolean;
}

/** Whether the filter leaves nothing out. */
function takesAll({ level, olderThan, poison }: LetterFilter): boolean {
  return level === undefined && olderThan === undefined && poison !== true;
}

/** The filter as a question about an entry in JSON. */
export function toSelection(filter: LetterFilter, now: number = Date.now()): Selection {
  if (takesAll(filter)) return () => true;
  return ({ json }) => isMeant(parse(json), filter, now);
}

function isMeant(value: unknown, { level, olderThan, poison }: LetterFilter, now: number): boolean {
  if (poison === true && wireFault(value) === undefined) return false;
  const entry = (value ?? {}) as Partial<Entry>;
  if (level !== undefined && !(levelRank(entry.level ?? 'DEBUG') >= levelRank(level))) return false;
  return olderThan === undefined || Date.parse(entry.timestamp ?? '') <= now - olderThan;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
