import { type LogRecord, levelFromName, levelFromNumber } from '@tracehub/core-sender';
import { LEVEL_NUMBERS } from './level.ts';

/** Fields that have a place of their own in the entry; `v` is the version of bunyan's format. */
export const USED: ReadonlySet<string> = new Set(['level', 'msg', 'time', 'v']);

/** The number of a custom level stays in `extra.level`: the server's level is only its threshold. */
const USED_OF_CUSTOM_LEVEL: ReadonlySet<string> = new Set(['msg', 'time', 'v']);

const STANDARD: ReadonlySet<unknown> = new Set(Object.values(LEVEL_NUMBERS));

/**
 * The record for what was written: bunyan's record object, or its JSON where the stream was added without
 * `type: 'raw'`. Anything else is taken as a message.
 */
export function toRecord(written: unknown): LogRecord {
  const value = typeof written === 'object' && !isBytes(written) ? written : parse(written);
  if (typeof value !== 'object' || value === null) return { level: 'INFO', message: textOf(written) };
  const { level, msg, time } = value as { level?: unknown; msg?: unknown; time?: unknown };
  const isStandard = STANDARD.has(level) || level === undefined;
  return {
    level: levelOf(level),
    message: msg,
    time,
    fields: value,
    used: isStandard ? USED : USED_OF_CUSTOM_LEVEL,
  };
}

function levelOf(level: unknown): LogRecord['level'] {
  if (typeof level === 'number' && !Number.isNaN(level)) return levelFromNumber(level);
  return (typeof level === 'string' ? levelFromName(level) : undefined) ?? 'INFO';
}

/** The object a line of JSON stands for, or undefined. */
function parse(written: unknown): object | undefined {
  if (typeof written !== 'string' && !isBytes(written)) return undefined;
  try {
    const value: unknown = JSON.parse(textOf(written) as string);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Text without the line's end, which is none of the message's. */
function textOf(written: unknown): unknown {
  if (typeof written === 'string') return written.trimEnd();
  if (isBytes(written))
    return Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString().trimEnd();
  return written;
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
