/** The five levels the TraceHub server knows; anything else costs the whole batch (contract.md 3). */
export type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** A value as it stands in JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * One log entry as it goes over the wire (design.md 4). Every field keeps the limits of contract.md 2:
 * a server that meets one field outside them drops the entry's whole batch.
 */
export interface Entry {
  /** `<random sender id>-<sequence>`, minted once and the same on every resend. */
  id: string;
  level: Level;
  message: string;
  /** UTC, ISO 8601, six fraction digits: `2026-11-22T10:00:00.123000Z`. */
  timestamp: string;
  service: string;
  environment: string;
  host: string;
  pid: number;
  thread_id: string;
  /** `<adapter>/<version>`, such as `pino/1.2.3`. */
  sdk_version: string;
  trace_id?: string;
  module?: string;
  error_type?: string;
  error_message?: string;
  stack_trace?: string;
  extra?: { [key: string]: JsonValue };
}

/** What `POST /api/v1/ingest` answers with status 202. `rejected` comes from our collector only. */
export interface IngestAnswer {
  accepted: number;
  rejected?: RejectedEntry[];
}

/** One entry of a batch that the server refused, the others being accepted. */
export interface RejectedEntry {
  /** Position in the posted array, from 0. */
  index: number;
  /** Name of the offending field, or an empty string when the entry as a whole is at fault. */
  field: string;
  reason: string;
}
