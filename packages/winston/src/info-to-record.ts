import { type LogRecord, levelFromName } from '@tracehub/core-sender';
import { getTraceId } from '@tracehub/core-sender/trace';
import { type FoundError, findError } from './find-error.ts';
import { LEVEL, field, isCrash } from './info.ts';
import { type Levels, levelFromRank } from './levels.ts';
import { logCallOf } from './log-call.ts';

/** Fields that have a place of their own in the entry. */
export const USED: ReadonlySet<string> = new Set(['level', 'message', 'timestamp']);

/** The name of a custom level stays in `extra.level`: the server's level is only the nearest to it. */
const USED_OF_CUSTOM_LEVEL: ReadonlySet<string> = new Set(['message', 'timestamp']);

/** What winston and its formats copy from an error into the record, beside its own properties. */
const COPIED = ['stack', 'cause', 'name'];

/** The record for what winston logged. `levels` are the logger's own, for names that are not well known. */
export function infoToRecord(info: unknown, levels: Levels | undefined): LogRecord {
  if (typeof info !== 'object' || info === null) return { level: 'INFO', message: info };
  const name = levelName(info);
  const known = levelFromName(name);
  const message = field(info, 'message');
  const call = logCallOf(info);
  const record: LogRecord = {
    level: known ?? levelFromRank(name, levels),
    message,
    time: field(info, 'timestamp'),
    error: undefined,
    errorKey: undefined,
    fields: info,
    used: known ? USED : USED_OF_CUSTOM_LEVEL,
    traceId: call ? call.traceId : getTraceId(),
    callerStack: call?.callerStack,
  };
  const found = findError(info);
  if (found) addError(record, found, info);
  else if (isCrash(info)) record.message = withoutNoTrace(message);
  return record;
}

function addError(record: LogRecord, found: FoundError, info: object): void {
  const error = found.error === info ? asGiven(info) : found.error;
  record.message = error === record.message ? undefined : userText(record.message, found);
  record.error = error;
  record.errorKey = found.textKey;
  record.used = new Set([...(record.used ?? []), ...copiedKeys({ ...found, error }, info)]);
}

/** The symbol's level where there is one: `format.colorize` paints the other. */
function levelName(info: object): string {
  const name = field(info, LEVEL) ?? field(info, 'level');
  if (typeof name !== 'string') return '';
  // eslint-disable-next-line no-control-regex -- a painted level is what this is about
  return name.includes('\u001B') ? name.replaceAll(/\u001B\[[\d;]*m/g, '') : name;
}

/** winston says so of a crash that threw no error. */
function withoutNoTrace(message: unknown): unknown {
  return typeof message === 'string' ? message.replace(/\n {2}No stack trace$/, '') : message;
}

/**
 * What the user wrote, without what winston adds of the error: its message after the text, in a crash and in
 * `%s` its whole stack. Both have columns of their own, and an issue is better named without them.
 */
function userText(message: unknown, { error, isMerged }: FoundError): unknown {
  if (typeof message !== 'string') return message;
  const stack = text(error, 'stack');
  const errorMessage = text(error, 'message');
  if (stack !== '' && message.includes(stack)) {
    return message.replace(`\n${stack}`, '').replace(stack, () => `${className(error)}: ${errorMessage}`);
  }
  const merged = ` ${errorMessage}`;
  if (!isMerged || errorMessage === '' || !message.endsWith(merged)) return message;
  return message.slice(0, -merged.length) || undefined;
}

/** Keys of the record that only repeat the error. */
function copiedKeys({ error, key }: FoundError, info: object): string[] {
  const keys = [...COPIED, ...ownKeys(error)].filter(
    (name) => field(info, name) !== undefined && Object.is(field(info, name), field(error, name)),
  );
  if (key !== undefined) keys.push(key);
  // winston parses a crash's stack into `trace`.
  if (isCrash(info)) keys.push('stack', 'trace');
  return keys;
}

/**
 * An error that is itself the record, as it was when the app logged it. winston writes `level` into it first and
 * then default metadata, and formats write theirs; keys stay in the order in which they came.
 */
function asGiven(error: object): object {
  const keys = ownKeys(error);
  const level = keys.indexOf('level');
  const own = level === -1 ? keys : keys.slice(0, level);
  return {
    ...Object.fromEntries(own.map((key) => [key, field(error, key)])),
    ...(keys.includes('code') ? {} : { code: field(error, 'code') }),
    name: className(error),
    message: field(error, 'message') ?? '',
    stack: field(error, 'stack') ?? '',
    cause: field(error, 'cause'),
    errors: field(error, 'errors'),
  };
}

function ownKeys(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** The error's name, or that of its class where the name is the inherited one. */
function className(error: object): string {
  const name = text(error, 'name');
  if (name !== '' && name !== 'Error') return name;
  const made = field(error, 'constructor');
  const ofClass = typeof made === 'function' && made !== Object ? text(made, 'name') : '';
  return ofClass || name || 'Error';
}

function text(value: object, key: string): string {
  const found = field(value, key);
  return typeof found === 'string' ? found : '';
}
