import { type SenderOptions, TraceHubConfigError } from '@tracehub/core-sender';
import type Transport from 'winston-transport';

/** Options that every winston transport has; the rest of {@link TraceHubTransportOptions} is the sender's. */
type WinstonOptions = Pick<
  Transport.TransportStreamOptions,
  'level' | 'format' | 'silent' | 'handleExceptions' | 'handleRejections'
>;

/**
 * What {@link TraceHubTransport} takes: the sender's options, and winston's own five. `level` is a name out of the
 * logger's levels; without it the logger's level decides.
 */
export interface TraceHubTransportOptions extends Omit<SenderOptions, 'level'>, WinstonOptions {}

/** Sorts the options: winston-transport would take methods from ours, the sender warns of names it does not know. */
export function splitOptions(options: TraceHubTransportOptions): {
  winston: WinstonOptions;
  sender: SenderOptions;
} {
  // The sender refuses what is no object, with a message of its own.
  if (typeof options !== 'object' || options === null) return { winston: {}, sender: options };
  checkLevel(options.level);
  const { level, format, silent, handleExceptions, handleRejections, ...sender } = options;
  return { winston: { level, format, silent, handleExceptions, handleRejections } as WinstonOptions, sender };
}

/** winston takes anything for a level, and sends nothing when it is none. */
function checkLevel(level: unknown): void {
  if (level === undefined || (typeof level === 'string' && level !== '')) return;
  throw new TraceHubConfigError(
    'level',
    `option level must be the name of one of the logger's levels, got ${JSON.stringify(level)}`,
  );
}
