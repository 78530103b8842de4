import { isErrorLike, isRealError } from './error-parts.ts';
import { levelRank } from './level.ts';
import type { LogRecord, SearchedRecord } from './record.ts';

/** An error among the fields of a record. */
export interface FoundError {
  error: object;
  /** The keys that lead to it. */
  place: readonly string[];
}

/** Fields that by custom hold the error of a record; the last in Python's way. */
export const ERROR_KEYS: readonly string[] = ['err', 'error', 'exception', 'exc_info'];

/** How far down an error is looked for, the fields themselves included, and how many values are looked at. */
const MAX_DEPTH = 3;
const MAX_VALUES = 64;

/** Below, an error deep in the fields is only something to be read in `extra`: that spares most entries the search. */
const NESTED_FROM = levelRank('WARN');

/** The record with the error deep in its fields, if it has one and it matters. */
export function searchRecord(record: LogRecord): SearchedRecord {
  const nested = levelRank(record.level) >= NESTED_FROM ? nestedError(record.fields ?? {}) : undefined;
  return nested ? { ...record, nested } : record;
}

/** The first of the fields named by `keys` that is an error. */
export function errorAmongKeys(fields: object, keys: readonly string[]): FoundError | undefined {
  for (const key of keys) {
    const error = ownField(fields, key);
    if (isErrorLike(error)) return { error, place: [key] };
  }
  return undefined;
}

/** The first error among all fields, down to three levels of plain objects and arrays. */
export function nestedError(fields: object): FoundError | undefined {
  return search(fields, [], { left: MAX_VALUES });
}

function search(
  container: object,
  place: readonly string[],
  values: { left: number },
): FoundError | undefined {
  for (const key of firstKeys(container, values.left)) {
    if (values.left-- <= 0) return undefined;
    const value = ownField(container, key);
    if (typeof value !== 'object' || value === null) continue;
    const here = [...place, key];
    if (isRealError(value)) return { error: value, place: here };
    const found = here.length < MAX_DEPTH && isPlain(value) ? search(value, here, values) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** An own property; undefined where there is none or reading it throws. */
export function ownField(container: object, key: string): unknown {
  try {
    return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}

function firstKeys(container: object, count: number): readonly string[] {
  try {
    // Not the keys of an array: one of a million items would be listed in full.
    if (Array.isArray(container)) return INDEXES.slice(0, Math.min(container.length, count));
    return Object.keys(container);
  } catch {
    return [];
  }
}

const INDEXES: readonly string[] = Array.from({ length: MAX_VALUES }, (_, index) => String(index));

/** Only plain objects and arrays are searched: a request or a socket holds errors that are not this record's. */
function isPlain(value: object): boolean {
  try {
    if (Array.isArray(value)) return true;
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
  } catch {
    return false;
  }
}
