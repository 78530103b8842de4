import type { Check, Finding } from './check.ts';
import { skipped } from './check.ts';
import type { Facts } from './facts.ts';

/** A finding with the check it is of. */
export interface Result extends Finding {
  check: string;
}

/** Runs the checks one after another; `onResult` hears each as it comes. */
export async function examine(
  checks: readonly Check[],
  facts: Facts,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  /** Checks that mean nothing to others, each with the one that failed. */
  const barred = new Map<string, string>();
  for (const check of checks) {
    const [cause] = check.needs.flatMap((id) => barred.get(id) ?? []);
    const finding =
      cause === undefined ? await runGuarded(check, facts) : skipped(`not checked: mend ${cause} first`);
    if (finding.status === 'failure') barred.set(check.id, check.id);
    else if (cause !== undefined) barred.set(check.id, cause);
    const result = { check: check.id, ...finding };
    results.push(result);
    onResult(result);
  }
  return results;
}

/** A fault of a check itself is said as what it is, and the others go on. */
async function runGuarded(check: Check, facts: Facts): Promise<Finding> {
  try {
    return await check.run(facts);
  } catch (error) {
    return {
      status: 'failure',
      finding: `this could not be checked: ${error instanceof Error ? error.message : String(error)}`,
      next: 'if it is not a right you lack, please report it as a defect of tracehub',
    };
  }
}
