import { TraceHubConfigError } from '@tracehub/core-sender';

/** A level in bunyan's words. */
export type BunyanLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | number;

/** bunyan's own numbers; any other is a custom level. */
export const LEVEL_NUMBERS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

/** Below every level, custom ones included: all is sent. */
export const LOWEST_LEVEL = 1;

/**
 * The number of a level.
 *
 * @throws TraceHubConfigError if bunyan has no such level.
 */
export function levelToNumber(level: string | number): number {
  const value = typeof level === 'string' ? LEVEL_NUMBERS[level.toLowerCase()] : level;
  if (Number.isInteger(value) && (value as number) > 0) return value as number;
  const names = Object.keys(LEVEL_NUMBERS).join(', ');
  throw new TraceHubConfigError(
    'level',
    `option level must be one of ${names} or a positive whole number, got ${JSON.stringify(level)}`,
  );
}
