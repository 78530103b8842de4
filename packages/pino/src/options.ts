import { type SenderOptions, TraceHubConfigError } from '@tracehub/core-sender';
import type { PinoConfig } from './pino-config.ts';

/**
 * Options of the target `@tracehub/pino`. Plain data, since they cross a thread; `closeOnSignal` needs the app
 * thread, so {@link traceHubTransport} takes it and the target does not.
 */
export type TraceHubPinoOptions = Omit<SenderOptions, 'dispatcher' | 'closeOnSignal' | 'worker'>;

/** Options of `traceHubTransport`. */
export type TraceHubTransportOptions = Omit<SenderOptions, 'dispatcher' | 'worker'>;

/** Options of `traceHubStream`. */
export interface TraceHubStreamOptions extends Omit<SenderOptions, 'worker'> {
  /** As given to pino. Default: what pino says of itself, else `msg`. */
  messageKey?: string;
  /** As given to pino. Default: what pino says of itself, else `err`. */
  errorKey?: string;
  /** As given to pino: names and numbers of the levels beside pino's own. */
  customLevels?: PinoConfig['levels'];
}

/**
 * pino has transports that are in a worker and one that is not: to take the option would be to ignore it.
 *
 * @throws TraceHubConfigError if it is set.
 */
export function refuseWorker(options: object | null): void {
  const { worker } = (options ?? {}) as { worker?: unknown };
  if (worker === undefined || worker === false) return;
  throw new TraceHubConfigError(
    'worker',
    "option worker is not pino's: target and traceHubTransport are in a worker, traceHubStream is not; leave it out",
  );
}
