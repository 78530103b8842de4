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

/** Whether logs have been seen to arrive: a real entry was delivered. */
export function hasArrived(results: readonly Result[]): boolean {
  return results.some(({ check, status }) => check === 'entry' && status === 'ok');
}

/** The first failure, for what comes after it may only follow from it; else the first warning. */
export function toVerdict(results: readonly Result[]): Verdict {
  const bad = results.filter(({ status }) => status === 'failure' || status === 'warning');
  const cause = bad.find(({ status }) => status === 'failure') ?? bad[0];
  if (!cause) {
    const finding = hasArrived(results) ? 'logs arrive' : 'nothing wrong was found, but no entry was sent';
    return { status: 'ok', finding, others: 0 };
  }
  const { check, finding, next } = cause;
  return {
    status: cause.status === 'failure' ? 'failure' : 'warning',
    check,
    finding,
    ...(next === undefined ? {} : { next }),
    others: bad.length - 1,
  };
}
