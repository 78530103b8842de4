import type { SenderOptions } from '@tracehub/core-sender';
import type { PinoConfig } from './pino-config.ts';

/**
 * Options of the target `@tracehub/pino`. Plain data, since they cross a thread; `closeOnSignal` needs the app
 * thread, so {@link traceHubTransport} takes it and the target does not.
 */
export type TraceHubPinoOptions = Omit<SenderOptions, 'dispatcher' | 'closeOnSignal'>;

/** Options of `traceHubTransport`. */
export type TraceHubTransportOptions = Omit<SenderOptions, 'dispatcher'>;

/** Options of `traceHubStream`. */
export interface TraceHubStreamOptions extends SenderOptions {
  /** As given to pino. Default: what pino says of itself, else `msg`. */
  messageKey?: string;
  /** As given to pino. Default: what pino says of itself, else `err`. */
  errorKey?: string;
  /** As given to pino: names and numbers of the levels beside pino's own. */
  customLevels?: PinoConfig['levels'];
}
