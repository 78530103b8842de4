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
  const isBarred = new Set<string>();
  for (const check of checks) {
    const missing = check.needs.find((id) => isBarred.has(id));
    const finding =
      missing === undefined ? await runGuarded(check, facts) : skipped(`${missing} has to be mended first`);
    if (finding.status === 'failure' || missing !== undefined) isBarred.add(check.id);
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
