import type { Facts } from './facts.ts';

export type Status = 'ok' | 'warning' | 'failure' | 'skipped';

/** What a check found, and what the user is to do about it. */
export interface Finding {
  status: Status;
  finding: string;
  next?: string;
  /** The same for programs. */
  details?: Record<string, unknown>;
}

/** One step of the doctor. It never rejects for what it is there to find. */
export interface Check {
  /** Stable: scripts match on it. */
  id: string;
  /** Checks without which this one means nothing: it is skipped when one of them failed or was skipped. */
  needs: readonly string[];
  run(facts: Facts): Finding | Promise<Finding>;
}

export function ok(finding: string, details?: Record<string, unknown>): Finding {
  return { status: 'ok', finding, ...(details ? { details } : {}) };
}

export function warning(finding: string, next: string, details?: Record<string, unknown>): Finding {
  return { status: 'warning', finding, next, ...(details ? { details } : {}) };
}

export function failure(finding: string, next: string, details?: Record<string, unknown>): Finding {
  return { status: 'failure', finding, next, ...(details ? { details } : {}) };
}

export function skipped(finding: string): Finding {
  return { status: 'skipped', finding };
}
