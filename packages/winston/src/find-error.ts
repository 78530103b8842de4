import { isErrorLike } from '@tracehub/core-sender';
import { SPLAT, field, isCrash } from './info.ts';

/** The error of a record. */
export interface FoundError {
  error: object;
  /** Field of the record that held it and says nothing more. */
  key?: string;
  /** Whether winston has appended the error's message to the record's (`logger.error('text', error)`). */
  isMerged?: boolean;
}

/** Fields that by custom hold the error of a record. */
const ERROR_KEYS = ['err', 'error', 'exception'];

/** How far below the record's fields an error is looked for, and how many values are looked at. */
const MAX_DEPTH = 3;
const MAX_VALUES = 64;

/**
 * Finds the error of a record: the record itself (`logger.error(error)`), its message, an argument after the
 * message, a crash, the stack `format.errors` or a child logger left of one, a field named for errors, at last any
 * field down to a few levels of plain objects and arrays.
 */
export function findError(info: object): FoundError | undefined {
  if (isError(info)) return { error: info };
  const message = field(info, 'message');
  if (isErrorLike(message)) return { error: message };
  const crash = isCrash(info) ? field(info, 'error') : undefined;
  if (isErrorLike(crash)) return { error: crash, key: 'error' };
  return errorAmongArguments(info) ?? errorOfStack(info) ?? errorAmongFields(info);
}

/** A record of winston's own has a message and, after `format.errors`, a stack: only a real Error counts here. */
function isError(info: object): boolean {
  try {
    return info instanceof Error || Object.prototype.toString.call(info) === '[object Error]';
  } catch {
    return false;
  }
}

function errorAmongArguments(info: object): FoundError | undefined {
  const values = field(info, SPLAT);
  if (!Array.isArray(values)) return undefined;
  const index = values.findIndex(isErrorLike);
  return index === -1 ? undefined : { error: values[index] as object, isMerged: index === 0 };
}

/** The first line of a V8 stack: `TypeError [ERR_CODE]: text`. */
const STACK_HEADER = /^(?:Uncaught )?([A-Za-z_$][\w$.]*)(?: \[\w+\])?(?:: ([\s\S]*))?$/;

/** Linear also in a megabyte of line breaks or blanks, as `\s+` would not be. */
const FIRST_FRAME = /\n[ \t]+at /;

/** The error that a record with a `stack` once was. A `stack` without frames is some field of the app's own. */
function errorOfStack(info: object): FoundError | undefined {
  const stack = field(info, 'stack');
  if (typeof stack !== 'string') return undefined;
  const header = stack.slice(0, Math.max(stack.search(FIRST_FRAME), 0));
  if (header === '') return undefined;
  const [, name = 'Error', text = ''] = STACK_HEADER.exec(header) ?? [];
  const cause = field(info, 'cause');
  const error = { name, message: text, stack, ...(cause === undefined ? {} : { cause }) };
  return { error, isMerged: true };
}

function errorAmongFields(info: object): FoundError | undefined {
  for (const key of ERROR_KEYS) {
    const error = field(info, key);
    if (isErrorLike(error)) return { error, key };
  }
  const error = search(info, MAX_DEPTH, { left: MAX_VALUES });
  return error && { error };
}

function search(container: object, depth: number, values: { left: number }): object | undefined {
  for (const key of firstKeys(container, values.left)) {
    if (values.left-- <= 0) return undefined;
    const value = field(container, key);
    if (typeof value !== 'object' || value === null) continue;
    if (isErrorLike(value)) return value;
    const found = depth > 1 && isPlain(value) ? search(value, depth - 1, values) : undefined;
    if (found) return found;
  }
  return undefined;
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
