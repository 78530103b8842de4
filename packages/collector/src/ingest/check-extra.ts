import { findTextFault } from './text.ts';

/** Depth from which on the original server is in danger; ours would store more, but no reader wants it. */
const maxDepth = 100;

/** Why an `extra` cannot be stored, or `undefined` when it can. Does not recurse, so no depth hurts. */
export function findExtraFault(extra: object): string | undefined {
  const waiting: { value: object; depth: number }[] = [{ value: extra, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (depth > maxDepth) return `is nested deeper than ${maxDepth}`;
    const isArray = Array.isArray(value);
    for (const [key, member] of Object.entries(value) as [string, unknown][]) {
      const keyFault = isArray ? undefined : findTextFault(key);
      if (keyFault !== undefined) return `has a key that ${keyFault}`;
      if (typeof member === 'string') {
        const fault = findTextFault(member);
        if (fault !== undefined) return `has a value that ${fault}`;
      } else if (typeof member === 'number' && !Number.isFinite(member)) {
        // JSON has no infinity, but 1e400 reads as one.
        return 'has a number beyond the range of a double';
      } else if (typeof member === 'object' && member !== null) {
        waiting.push({ value: member, depth: depth + 1 });
      }
    }
  }
  return undefined;
}
