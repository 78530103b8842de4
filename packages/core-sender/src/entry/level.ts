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
