import type { Level } from './entry.ts';

/** Level names of pino, bunyan, winston (npm, syslog, cli) and Python, in the server's five words. */
const BY_NAME: ReadonlyMap<string, Level> = new Map<string, Level>([
  ['trace', 'DEBUG'],
  ['silly', 'DEBUG'],
  ['input', 'DEBUG'],
  ['verbose', 'DEBUG'],
  ['debug', 'DEBUG'],
  ['prompt', 'DEBUG'],
  ['data', 'INFO'],
  ['help', 'INFO'],
  ['http', 'INFO'],
  ['info', 'INFO'],
  ['notice', 'INFO'],
  ['warn', 'WARN'],
  ['warning', 'WARN'],
  ['error', 'ERROR'],
  ['crit', 'FATAL'],
  ['critical', 'FATAL'],
  ['alert', 'FATAL'],
  ['emerg', 'FATAL'],
  ['fatal', 'FATAL'],
]);

/** The level for a well-known name, in any case; undefined for a name only its logger knows. */
export function levelFromName(name: string): Level | undefined {
  return BY_NAME.get(name) ?? BY_NAME.get(name.toLowerCase());
}

/** The level for a number of pino's and bunyan's scale (10 to 60), by threshold, so that custom levels fit in. */
export function levelFromNumber(value: number): Level {
  if (value < 30) return 'DEBUG';
  if (value < 40) return 'INFO';
  if (value < 50) return 'WARN';
  if (value < 60) return 'ERROR';
  return 'FATAL';
}

const RANKS: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3, FATAL: 4 };

/** Severity, for comparing. */
export function levelRank(level: Level): number {
  return RANKS[level];
}

/** The least rank that passes the option `level`; a name only its logger knows is that logger's to compare. */
export function minimumRank(level: string | number | undefined): number {
  if (level === undefined) return RANKS.DEBUG;
  const least = typeof level === 'number' ? levelFromNumber(level) : levelFromName(level);
  return least === undefined ? RANKS.DEBUG : RANKS[least];
}
