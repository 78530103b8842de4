import { stackToServerText } from './stack-trace.ts';

/** What of an error goes into the entry. */
export interface ErrorFields {
  type: string;
  message: string;
  /** In the server's form; absent if no frame could be written. */
  stackTrace?: string;
  /** The stack as it was, when no frame of it can be counted; belongs into `extra.stack`. */
  rawStack?: string;
  /** Own properties of the error, such as `code` and `errno`; belongs into `extra.error`. */
  details?: Record<string, unknown>;
}

/** Links of a cause chain that are followed, and members of an AggregateError that are written. */
const MAX_CHAIN = 8;

/** Whether a value is an error: of this realm, of another, or what a serialiser made of one. */
export function isErrorLike(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') return true;
    const { message, stack } = value as Record<string, unknown>;
    return typeof message === 'string' && typeof stack === 'string';
  } catch {
    return false;
  }
}

/** Type, message and stack of an error, with its causes. Never throws; each property is read once. */
export function errorToFields(error: object): ErrorFields {
  const type = errorType(error);
  const message = textOf(error, 'message');
  const parts: string[] = [];
  const found = { frames: false };
  appendError(error, '', parts, new Set(), found);
  const stack = parts.join('\n');
  const details = ownDetails(error);
  return {
    type,
    message,
    ...(found.frames ? { stackTrace: stack } : stack.includes('\n') ? { rawStack: stack } : {}),
    ...(details ? { details } : {}),
  };
}

/** What has a place of its own in the entry. */
const PLACED = new Set(['name', 'message', 'stack', 'type', 'cause', 'errors', 'aggregateErrors']);

function ownDetails(error: object): Record<string, unknown> | undefined {
  let details: Record<string, unknown> | undefined;
  try {
    for (const key of Object.keys(error)) {
      const value = PLACED.has(key) ? undefined : property(error, key);
      if (value === undefined) continue;
      (details ??= Object.create(null) as Record<string, unknown>)[key] = value;
    }
  } catch {
    // A Proxy whose own keys cannot be listed has no details to give.
  }
  return details;
}

function appendError(
  error: object,
  label: string,
  parts: string[],
  seen: Set<object>,
  found: { frames: boolean },
): void {
  if (seen.has(error)) {
    parts.push(`${label}[Circular]`);
    return;
  }
  if (seen.size >= MAX_CHAIN) {
    parts.push(`${label}[more causes cut]`);
    return;
  }
  seen.add(error);
  const message = textOf(error, 'message');
  const stack = textOf(error, 'stack') || headerOf(errorType(error), message);
  const headers = new Set(message.split(/\r?\n/));
  const { text, hasFrames } = stackToServerText(label + stack, (line) => headers.has(line));
  found.frames ||= hasFrames;
  parts.push(text);
  appendMembers(error, parts, seen, found);
  const cause = property(error, 'cause');
  if (cause === undefined || cause === null) return;
  if (isErrorLike(cause)) appendError(cause, 'Caused by: ', parts, seen, found);
  else parts.push(`Caused by: ${shortText(cause)}`);
}

function appendMembers(error: object, parts: string[], seen: Set<object>, found: { frames: boolean }): void {
  const members = property(error, 'errors') ?? property(error, 'aggregateErrors');
  const { first, count } = firstMembers(members);
  for (const [index, member] of first.entries()) {
    const label = `Error ${index + 1} of ${count}: `;
    if (isErrorLike(member)) appendError(member, label, parts, seen, found);
    else parts.push(label + shortText(member));
  }
}

function firstMembers(members: unknown): { first: unknown[]; count: number } {
  try {
    return Array.isArray(members)
      ? {
          first: Array.from(
            { length: Math.min(members.length, MAX_CHAIN) },
            (_, index) => members[index] as unknown,
          ),
          count: members.length,
        }
      : { first: [], count: 0 };
  } catch {
    return { first: [], count: 0 };
  }
}

function headerOf(type: string, message: string): string {
  return message === '' ? type : `${type}: ${message}`;
}

/** `name`, unless it is only the inherited "Error" of a subclass; serialised errors say it as `type`. */
function errorType(error: object): string {
  const name = textOf(error, 'name');
  if (name !== '' && name !== 'Error') return name;
  const made = property(error, 'constructor');
  const ofClass = typeof made === 'function' && made !== Object ? textOf(made, 'name') : '';
  return ofClass || textOf(error, 'type') || name || 'Error';
}

function property(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function textOf(value: object, key: string): string {
  const text = property(value, key);
  return typeof text === 'string' ? text : '';
}

function shortText(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value as symbol)).slice(0, 1_000);
  } catch {
    return '[unreadable]';
  }
}
