import type { LogsAnswer } from '@tracehub/collector';
import type { Call } from './call.ts';

type StoredLog = LogsAnswer['logs'][number];

/** The fields of the entry as the collector gives them back; values may be matchers of vitest. */
export type Columns = Record<Exclude<keyof StoredLog, 'fingerprint' | 'received_at'>, unknown>;

/** One way in which one field of the entry can be given. */
export interface Case {
  field: keyof Columns;
  /** Unique within its field. */
  way: string;
  /** Made afresh for each logger: winston writes into an error it is given. */
  call: () => Call;
  /** Runs what it is given, in whatever makes the case. */
  around?: (run: () => void) => void;
  /** Options of the sender. */
  options?: { idInExtra?: true };
  /** Environment in place of the options `service` and `environment`. */
  env?: 'TRACEHUB_SERVICE' | 'OTEL_SERVICE_NAME' | 'TRACEHUB_ENVIRONMENT';
  /** What is stored, as far as it differs from {@link PLAIN}. */
  expected: Partial<Columns>;
}

/** A case by its name in reports and among the differences. */
export function caseName({ field, way }: Case): string {
  return `${field}: ${way}`;
}
