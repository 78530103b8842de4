import { type Level, TraceHubConfigError } from '@tracehub/core-sender';

/** A level in this logger's words, which are the names of its methods. */
export type LoggerLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** The levels in the server's words. */
export const LEVELS: Readonly<Record<LoggerLevel, Level>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/** @throws TraceHubConfigError if this logger has no such level. */
export function checkLevel(level: unknown): void {
  const names = Object.keys(LEVELS);
  if (level === undefined || (typeof level === 'string' && names.includes(level))) return;
  throw new TraceHubConfigError(
    'level',
    `option level must be one of ${names.join(', ')}, got ${JSON.stringify(level)}`,
  );
}
