import type { Entry, JsonValue } from '@tracehub/core-sender';
import {
  COLUMN_LIMITS,
  MAX_EXTRA_DEPTH,
  MAX_PID,
  MAX_SEARCH_BYTES,
} from '@tracehub/core-sender/dead-letters';

/*
 * The server's rules for an entry (contract.md 2 to 4). An entry that breaks one costs its whole batch: a refusal of all,
 * or worse a 202 after which nothing of the batch is stored. Entries our senders make keep them; those of other SDKs'
 * dead letters, or written by hand, need not.
 */

const LEVELS = new Set(['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']);
const TEXTS = ['stack_trace', 'error_message'] as const;

/** What the server would not take about a value meant as an entry; undefined if it would take it. */
export function wireFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
  const entry = value as Record<string, unknown>;
  if (!LEVELS.has(entry['level'] as string))
    return `level ${show(entry['level'])} is none of ${[...LEVELS].join(', ')}`;
  if (typeof entry['message'] !== 'string') return `message is ${show(entry['message'])}, not a string`;
  if (typeof entry['timestamp'] !== 'string') return `timestamp is ${show(entry['timestamp'])}, not a string`;
  return columnFault(entry) ?? pidFault(entry['pid']) ?? searchFault(entry) ?? extraFault(entry['extra']);
}

function columnFault(entry: Record<string, unknown>): string | undefined {
  if (unstorable(entry['message'] as string)) return 'message holds U+0000 or half a surrogate pair';
  for (const [name, limit] of Object.entries(COLUMN_LIMITS)) {
    const fault = textFault(name, entry[name], limit);
    if (fault !== undefined) return fault;
  }
  for (const name of TEXTS) {
    const fault = textFault(name, entry[name], Number.POSITIVE_INFINITY);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function textFault(name: string, value: unknown, limit: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return `${name} is ${show(value)}, not a string`;
  // The server counts code points.
  if (value.length > limit && codePoints(value) > limit) return `${name} has more than ${limit} characters`;
  return unstorable(value) ? `${name} holds U+0000 or half a surrogate pair` : undefined;
}

function pidFault(pid: unknown): string | undefined {
  if (pid === undefined) return undefined;
  const isPid = Number.isInteger(pid) && Math.abs(pid as number) <= MAX_PID;
  return isPid ? undefined : `pid ${show(pid)} is no 32-bit integer`;
}

function searchFault({ message, error_message: error = '' }: Record<string, unknown>): string | undefined {
  const size = Buffer.byteLength(`${message as Entry['message']}${error as string}`);
  return size > MAX_SEARCH_BYTES ? `message and error_message have ${size} bytes together` : undefined;
}

function extraFault(extra: unknown): string | undefined {
  if (extra === undefined) return undefined;
  if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) {
    return `extra is ${show(extra)}, not an object`;
  }
  return nestedFault(extra as JsonValue, 1);
}

function nestedFault(value: JsonValue, depth: number): string | undefined {
  if (typeof value === 'string') {
    return unstorable(value) ? 'extra holds U+0000 or half a surrogate pair' : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_EXTRA_DEPTH) return `extra is nested more than ${MAX_EXTRA_DEPTH} deep`;
  for (const [key, member] of Object.entries(value)) {
    const fault = nestedFault(key, depth) ?? nestedFault(member, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function codePoints(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}

function unstorable(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 40);
}
