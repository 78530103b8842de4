import { isoTime } from './iso-time.ts';

/** Columns of `issues` that make an `IssueRecord`. */
export const issueColumns: string = `
  id::float8 as id, fingerprint, title, error_type, level, status, count::float8 as count,
  ${isoTime('first_seen')} as first_seen, ${isoTime('last_seen')} as last_seen, sample_stack`;
