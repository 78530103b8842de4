import { TraceHubConfigError } from '@tracehub/core-sender';
import type { RequestLine } from './request-line.ts';

/** Requests by their path, without query string: the exact path, a pattern, or a function that says yes. */
export type PathMatcher = string | RegExp | ((path: string) => boolean);

export interface TraceHubMiddlewareOptions {
  /** Requests to leave alone altogether: no trace id, no header, no line. Default: none. */
  ignore?: PathMatcher | readonly PathMatcher[];
  /**
   * Called with one line per finished request and one per unhandled error, in the context of the request. What it
   * throws is reported once as a warning `TRACEHUB_MIDDLEWARE` and never reaches the request. Default: no lines.
   */
  log?: (line: RequestLine) => unknown;
}

/** The options made usable: neither function throws. */
export interface MiddlewareSettings {
  isIgnored(path: string): boolean;
  write(line: RequestLine): void;
}

/** @throws TraceHubConfigError naming option, value and what is allowed. */
export function resolveOptions(options: TraceHubMiddlewareOptions): MiddlewareSettings {
  check('options', options, isObject, 'an object');
  const { ignore = [], log } = options;
  const matchers = [ignore].flat() as readonly PathMatcher[];
  for (const matcher of matchers) {
    check(
      'ignore',
      matcher,
      isMatcher,
      'a path that starts with /, a RegExp, a function, or a list of these',
    );
  }
  check('log', log, (value) => value === undefined || typeof value === 'function', 'a function');

  let hasWarned = false;
  function warn(option: string, error: unknown): void {
    if (hasWarned) return;
    hasWarned = true;
    const text = `the function given as ${option} failed; requests go on without it: ${String(error)}`;
    process.emitWarning(text, { type: 'TraceHubWarning', code: 'TRACEHUB_MIDDLEWARE' });
  }
  return {
    isIgnored(path) {
      try {
        return matchers.some((matcher) => matches(matcher, path));
      } catch (error) {
        warn('ignore', error);
        return false;
      }
    },
    write(line) {
      try {
        const result = log?.(line);
        if (result instanceof Promise) result.catch((error: unknown) => warn('log', error));
      } catch (error) {
        warn('log', error);
      }
    },
  };
}

function check(
  option: string,
  value: unknown,
  isAllowed: (value: unknown) => boolean,
  allowed: string,
): void {
  if (isAllowed(value)) return;
  const subject = option === 'options' ? option : `option ${option}`;
  throw new TraceHubConfigError(option, `${subject} must be ${allowed}, got ${shown(value)}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isMatcher(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith('/');
  return value instanceof RegExp || typeof value === 'function';
}

function matches(matcher: PathMatcher, path: string): boolean {
  if (typeof matcher === 'string') return path === matcher;
  if (typeof matcher === 'function') return matcher(path);
  // Unlike `test`, `search` starts at the beginning also with the flags g and y.
  return path.search(matcher) !== -1;
}
