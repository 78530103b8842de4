import { types } from 'node:util';

/*
 * Whether `JSON.stringify` says of a value what the sanitiser (value-to-json.ts) would, so that the thread that logs
 * may leave all further care to the worker. Looking costs a tenth of what writing does.
 */

/** Deeper than any field the sender keeps whole; it also ends a cycle. */
const MAX_DEPTH = 16;

/** Ends the walk of a graph whose parts hold each other many times over. */
const MAX_VALUES = 2_000;

/** A longer text is better cut before it is written. */
const MAX_TEXT: number = 64 * 1024;

let left = 0;

/**
 * Plain objects and arrays of text, finite numbers, booleans, null, undefined and valid dates. May throw, as any
 * reading of a foreign object may.
 */
export function isPlainJson(value: object): boolean {
  left = MAX_VALUES;
  return isPlainContainer(value, 1);
}

function isPlainContainer(container: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(container);
  if (prototype === Object.prototype || prototype === null) {
    if (depth > MAX_DEPTH || isInDisguise(container, prototype)) return false;
    // Faster than a list of the keys; what an app has put on `Object.prototype` is looked at as well, no harm.
    // eslint-disable-next-line guard-for-in
    for (const key in container) {
      if (!isPlain((container as Record<string, unknown>)[key], depth)) return false;
    }
    return true;
  }
  if (prototype === Array.prototype) {
    if (depth > MAX_DEPTH || 'toJSON' in container) return false;
    for (const item of container as unknown[]) if (!isPlain(item, depth)) return false;
    return true;
  }
  return prototype === Date.prototype && !Number.isNaN((container as Date).getTime());
}

/** Takes itself for an error, or is one that has lost its prototype. */
function isInDisguise(container: object, prototype: object | null): boolean {
  return Symbol.toStringTag in container || (prototype === null && types.isNativeError(container));
}

function isPlain(value: unknown, depth: number): boolean {
  if (--left < 0) return false;
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_TEXT;
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
    case 'undefined':
      return true;
    case 'object':
      return value === null || isPlainContainer(value, depth + 1);
    case 'bigint':
    case 'function':
    case 'symbol':
      return false;
  }
}
