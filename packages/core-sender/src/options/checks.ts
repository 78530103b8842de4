import { constants } from 'node:os';
import { resolve } from 'node:path';
import redact from '@pinojs/redact';
import type { Dispatcher } from 'undici';
import type { Redaction } from './options.ts';

/** A value made usable, or the words for what would have been allowed, and the part at fault if it is not the whole. */
export type Checked<T> = { value: T } | { allowed: string; part?: unknown };
export type Check<T> = (value: unknown) => Checked<T>;

/** Names as a sentence has them: `a, b or c`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

export function text(): Check<string> {
  return (value) => {
    if (typeof value === 'string' && value.trim() !== '' && !/\p{Cc}/u.test(value)) {
      return { value: value.trim() };
    }
    return { allowed: 'a string that is not empty and has no control characters' };
  };
}

/** The project key: it goes into a header, which takes visible ASCII only. */
export function key(): Check<string> {
  return (value) => {
    const trimmed = typeof value === 'string' ? value.trim() : '';
    return /^[!-~]+$/.test(trimmed)
      ? { value: trimmed }
      : { allowed: 'a string of visible ASCII characters' };
  };
}

export function number(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Check<number> {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return (value) => {
    if (Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum) {
      return { value: value as number };
    }
    return { allowed: `a whole number ${range}` };
  };
}

/** Milliseconds. A small value is most often seconds, so the refusal asks. */
export function times(minimum: number, maximum?: number): Check<number> {
  const check = number(minimum, maximum);
  return (value) => {
    const checked = check(value);
    if ('value' in checked) return checked;
    const small = typeof value === 'number' && value >= 0 && value < minimum;
    return { allowed: `${checked.allowed}, in milliseconds${small ? ' (were seconds meant?)' : ''}` };
  };
}

export function oneOf<const T extends string>(...allowed: T[]): Check<T> {
  return (value) =>
    allowed.includes(value as T)
      ? { value: value as T }
      : { allowed: list(allowed.map((name) => JSON.stringify(name))) };
}

/** A boolean, or its usual spellings in the environment. */
export function onOff(): Check<boolean> {
  return (value) => {
    if (typeof value === 'boolean') return { value };
    if (value === 'true' || value === '1') return { value: true };
    if (value === 'false' || value === '0') return { value: false };
    return { allowed: 'true or false' };
  };
}

export function path(): Check<string | false> {
  return (value) => {
    if (value === false || value === 'false') return { value: false };
    // Made absolute: a later `process.chdir` does not move the queue.
    if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0'))
      return { value: resolve(value) };
    return { allowed: 'a directory, or false' };
  };
}

export function signals(): Check<false | readonly NodeJS.Signals[]> {
  return (value) => {
    if (value === false) return { value };
    const names = Array.isArray(value) ? (value as unknown[]) : [];
    const usable = names.every(
      (name) => typeof name === 'string' && name in constants.signals && !UNCATCHABLE.includes(name),
    );
    if (names.length > 0 && usable) return { value: names as NodeJS.Signals[] };
    return { allowed: "false or a list of signals that can be caught, such as ['SIGTERM', 'SIGINT']" };
  };
}

const UNCATCHABLE = ['SIGKILL', 'SIGSTOP'];

export function redaction(): Check<Required<Redaction>> {
  const allowed =
    'a list of paths such as "user.password" and "*.token", or { paths, censor: string, remove: boolean }';
  return (value) => {
    if (typeof value !== 'object' || value === null) return { allowed };
    const {
      paths,
      censor = '[REDACTED]',
      remove = false,
    } = (Array.isArray(value) ? { paths: value as unknown } : value) as {
      [Name in keyof Redaction]: unknown;
    };
    if (!Array.isArray(paths)) return { allowed, part: paths };
    const wrong = (paths as unknown[]).findIndex((path) => !isRedactPath(path));
    if (wrong !== -1) return { allowed, part: paths[wrong] as unknown };
    if (typeof censor !== 'string') return { allowed, part: censor };
    if (typeof remove !== 'boolean') return { allowed, part: remove };
    return { value: { paths: [...(paths as string[])], censor, remove } };
  };
}

/** As the library has it, which however takes dots alone for a path, and would write to `Object.prototype`. */
function isRedactPath(path: unknown): path is string {
  if (typeof path !== 'string' || /^\.|\.$|__proto__/.test(path)) return false;
  try {
    redact({ paths: [path] });
    return true;
  } catch {
    return false;
  }
}

export function isDispatcher(value: unknown): Checked<Dispatcher> {
  if (typeof (value as Dispatcher | undefined)?.dispatch === 'function')
    return { value: value as Dispatcher };
  return { allowed: 'an undici dispatcher (an object with a dispatch method)' };
}
