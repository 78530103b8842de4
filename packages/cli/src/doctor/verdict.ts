import type { Result } from './examine.ts';

/** What it comes down to. */
export interface Verdict {
  status: 'ok' | 'warning' | 'failure';
  /** The check whose finding is the cause; undefined when all is well. */
  check?: string;
  finding: string;
  next?: string;
  /** Findings beside the cause that are no good either. */
  others: number;
}

/** The first failure, for what comes after it may only follow from it; else the first warning. */
export function toVerdict(results: readonly Result[]): Verdict {
  const bad = results.filter(({ status }) => status === 'failure' || status === 'warning');
  const cause = bad.find(({ status }) => status === 'failure') ?? bad[0];
  if (!cause) return { status: 'ok', finding: 'logs arrive', others: 0 };
  const { check, finding, next } = cause;
  return {
    status: cause.status === 'failure' ? 'failure' : 'warning',
    check,
    finding,
    ...(next === undefined ? {} : { next }),
    others: bad.length - 1,
  };
}
