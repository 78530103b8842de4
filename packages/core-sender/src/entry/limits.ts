/**
 * Limits of the server's columns in characters (contract.md 2). They count code points; cutting at that many
 * UTF-16 units is always inside them.
 */
export const COLUMN_LIMITS = {
  service: 150,
  environment: 50,
  host: 255,
  thread_id: 100,
  sdk_version: 30,
  trace_id: 64,
  module: 100,
  error_type: 255,
} as const;

/** message + error_message in UTF-8: above this the server's search vector can overflow (contract.md 4). */
export const MAX_SEARCH_BYTES: number = 256 * 1024;

/** One whole entry in JSON (design.md 4). */
export const MAX_ENTRY_BYTES: number = 512 * 1024;

/** Nesting of `extra`, itself included; the server's own process dies near 240 (contract.md 2). */
export const MAX_EXTRA_DEPTH = 12;

/** A line of a stack: the server's frame matching is quadratic in its length (contract.md 5). */
export const MAX_STACK_LINE = 1_000;

/** A whole stack_trace in UTF-16 units: some thousand frames. */
export const MAX_STACK_LENGTH: number = 64 * 1024;

/** Largest pid the server's column holds. */
export const MAX_PID = 2_147_483_647;

/** Older than this, or further ahead than {@link MAX_AHEAD_MS}, a timestamp can fall outside the server's partitions. */
export const MAX_AGE_MS: number = 31 * 24 * 60 * 60 * 1000;
export const MAX_AHEAD_MS: number = 24 * 60 * 60 * 1000;
