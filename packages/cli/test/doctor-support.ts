import { expect } from 'vitest';
import type { ChildEnd } from '../../../test/kit/child.ts';
import { type CliOptions, cli } from './support.ts';

interface Finding {
  status: 'ok' | 'warning' | 'failure' | 'skipped';
  finding: string;
  next?: string;
  details?: Record<string, unknown>;
}

/** What `tracehub doctor --json` says. */
export interface Report {
  verdict: Finding & { check?: string; others: number };
  configuration: { option: string; value: string; source: string }[];
  checks: (Finding & { id: string })[];
  end: ChildEnd;
}

/** Lets the doctor look at this configuration. */
export async function examine(options: CliOptions, ...args: string[]): Promise<Report> {
  return toReport(await cli(['doctor', '--json', ...args], options));
}

export function toReport(end: ChildEnd): Report {
  expect(end.stderr).toBe('');
  return { ...(JSON.parse(end.stdout) as Omit<Report, 'end'>), end };
}

/** The finding of one check. */
export function findingOf(report: Report, id: string): Finding | undefined {
  return report.checks.find((check) => check.id === id);
}

/** A report whose verdict names this cause and says what to do, of a run that ended accordingly. */
export function naming(check: string, finding: RegExp, next: RegExp): Report {
  return expect.objectContaining({
    verdict: expect.objectContaining({
      check,
      status: 'failure',
      finding: expect.stringMatching(finding) as string,
      next: expect.stringMatching(next) as string,
    }) as Report['verdict'],
    end: expect.objectContaining({ code: 1 }) as ChildEnd,
  }) as Report;
}
