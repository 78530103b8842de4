import type { SenderOptions } from '@tracehub/core-sender';
import { type BunyanLevel, LOWEST_LEVEL, levelToNumber } from './level.ts';
import { TraceHubStream } from './stream.ts';

/** The sender's options, with `level` in bunyan's words. Default: everything the logger makes is sent. */
export interface TraceHubStreamOptions extends Omit<SenderOptions, 'level'> {
  level?: BunyanLevel;
}

/** An element of bunyan's `streams`. */
export interface TraceHubStreamEntry {
  name: 'tracehub';
  type: 'raw';
  level: BunyanLevel;
  stream: TraceHubStream;
  reemitErrorEvents: false;
}

/**
 * Makes the entry for `streams` of `bunyan.createLogger`, or for `logger.addStream`. `stats()`, `flush()` and
 * `close()` are on its `stream`.
 *
 * @throws TraceHubConfigError for an option that cannot be used.
 */
export function traceHubStream(options: TraceHubStreamOptions): TraceHubStreamEntry {
  const { level = LOWEST_LEVEL, ...rest } = options ?? {};
  levelToNumber(level);
  // The level is left to bunyan alone, so that `logger.levels('tracehub', …)` can change it later.
  return { name: 'tracehub', type: 'raw', level, stream: new TraceHubStream(rest), reemitErrorEvents: false };
}
