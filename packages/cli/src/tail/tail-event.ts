import type { LogRecord } from '@tracehub/collector';

/** What happens while logs are followed. */
export type TailEvent =
  /** The connection is there: what is stored from now on comes. */
  | { kind: 'ready' }
  | { kind: 'logs'; logs: readonly LogRecord[] }
  /** We were away for too long: some entries were passed over. */
  | { kind: 'gap' }
  /** The connection is lost, and is tried again. */
  | { kind: 'lost'; reason: string };
