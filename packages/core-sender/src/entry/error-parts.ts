/*
 * What an error says, read so that nothing throws: a getter, a Proxy or an app's `Error.prepareStackTrace` can make
 * any part of it missing, of another type, or an exception of its own.
 */

/** Whether a value is an error: of this realm, of another, or what a serialiser made of one. */
export function isErrorLike(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') return true;
    const { message, stack, name, type } = value as Record<string, unknown>;
    if (typeof message === 'string' && typeof stack === 'string') return true;
    // Serialisers copy what stands in place of a text.
    return isGiven(message) && isGiven(stack) && typeof (name ?? type) === 'string';
  } catch {
    return false;
  }
}

function isGiven(part: unknown): boolean {
  return part !== undefined && part !== null;
}

/** The same where any object may stand: `message` and `stack` are also words of a deployment. */
export function isRealError(value: unknown): value is object {
  if (!isErrorLike(value)) return false;
  try {
    if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') return true;
    return errorStack(value).includes('\n    at ');
  } catch {
    return false;
  }
}

/** `name`, unless it is only the inherited "Error" of a subclass; serialised errors say it as `type`. */
export function errorType(error: object): string {
  const name = textOf(error, 'name');
  if (name !== '' && name !== 'Error') return name;
  const made = property(error, 'constructor');
  const ofClass = typeof made === 'function' && made !== Object ? textOf(made, 'name') : '';
  return ofClass || textOf(error, 'type') || name || 'Error';
}

/** The message; what is no string is rendered. */
export function errorMessage(error: object): string {
  return toText(property(error, 'message'));
}

/** The stack, with its header; '' if there is none. An app's `Error.prepareStackTrace` can make a list of call sites of it. */
export function errorStack(error: object): string {
  const stack = property(error, 'stack');
  if (typeof stack === 'string') return stack;
  const sites = firstItems(stack, MAX_SITES).map((site) => `    at ${toText(site)}`);
  return sites.length === 0 ? '' : [errorHeader(error), ...sites].join('\n');
}

/** The first line of a stack as V8 writes it. */
export function errorHeader(error: object): string {
  const message = errorMessage(error);
  return message === '' ? errorType(error) : `${errorType(error)}: ${message}`;
}

/** The members of an AggregateError. */
export function errorMembers(error: object): unknown {
  return property(error, 'errors') ?? property(error, 'aggregateErrors');
}

/** What has a place of its own in the entry. */
const PLACED = new Set(['message', 'stack', 'cause', 'errors', 'aggregateErrors']);

/** Marks in place of a link of a chain; an error made plain (plain-error.ts) holds them as its cause. */
export const CIRCULAR = '[Circular]';
export const CHAIN_CUT = '[more causes cut]';

/** What pino's serialiser adds to every DOMException: its class, and the constants it inherits, such as `ABORT_ERR`. */
const DOM_COPIES: ReadonlySet<string> = new Set(['type', ...Object.keys(DOMException)]);

/** What an app or Node has added to an error, such as `errno`, and its `code`, which can be inherited. */
export function ownProperties(error: object): Record<string, unknown> {
  const found = Object.create(null) as Record<string, unknown>;
  const type = errorType(error);
  const isDomException = property(error, 'type') === 'DOMException';
  for (const key of new Set([...ownKeys(error), 'code'])) {
    if (PLACED.has(key) || (isDomException && DOM_COPIES.has(key))) continue;
    const value = property(error, key);
    const isType = (key === 'name' || key === 'type') && value === type;
    if (value !== undefined && !isType) found[key] = value;
  }
  return found;
}

/** An error as a plain object, for where it is one value among others. */
export function errorToPlain(error: object): object {
  const parts = { type: errorType(error), message: errorMessage(error), stack: errorStack(error) };
  const cause = property(error, 'cause');
  const errors = errorMembers(error);
  return {
    ...parts,
    ...(cause === undefined ? {} : { cause }),
    ...(errors === undefined ? {} : { errors }),
    ...ownProperties(error),
  };
}

/** One property; undefined where reading it throws. */
export function property(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The length of an array; undefined for anything else, a revoked Proxy among it. */
export function arrayLength(value: unknown): number | undefined {
  try {
    return Array.isArray(value) ? value.length : undefined;
  } catch {
    return undefined;
  }
}

/** The first items of an array, read without its own methods; none of anything else. */
export function firstItems(value: unknown, count: number): unknown[] {
  const length = Math.min(arrayLength(value) ?? 0, count);
  try {
    return Array.from({ length }, (_, index) => (value as unknown[])[index]);
  } catch {
    return [];
  }
}

const MAX_SITES = 200;

function ownKeys(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    // A Proxy whose own keys cannot be listed has none to give.
    return [];
  }
}

function textOf(value: object, key: string): string {
  const text = property(value, key);
  return typeof text === 'string' ? text : '';
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  try {
    // `String({})` says nothing; an object that knows how to write itself, as a call site does, does better.
    const text = String(value as string);
    return text === '[object Object]' ? (JSON.stringify(value) ?? text) : text;
  } catch {
    return '';
  }
}
