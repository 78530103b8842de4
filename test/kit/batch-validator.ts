import type { ReceivedBatch } from './receiver.ts';
import { toServerIssue } from './server-issue.ts';

/** Body sizes above these come back as 413 from the proxy before the server, or burden its broker. */
const WIRE_BYTES = 900 * 1024;
const RAW_BYTES = 8 * 1024 * 1024;

/** Every rule for whole batches that these break, in words. */
export function batchViolations(batches: readonly ReceivedBatch[]): string[] {
  const violations: string[] = [];
  for (const [index, { entries, wireBytes, rawBytes }] of batches.entries()) {
    if (wireBytes >= WIRE_BYTES) violations.push(`batch ${index} has ${wireBytes} bytes on the wire`);
    if (rawBytes > RAW_BYTES) violations.push(`batch ${index} has ${rawBytes} bytes of JSON`);
    const years = new Set(entries.map(({ timestamp }) => timestamp.slice(0, 4)));
    if (years.size > 1) violations.push(`batch ${index} mixes the years ${[...years].join(' and ')}`);
  }
  return [...violations, ...deadlocks(batches)];
}

/**
 * Pairs of issues that two batches hold in opposite order: handled at once, they deadlock the real worker, and one
 * of the batches is lost whole.
 */
function deadlocks(batches: readonly ReceivedBatch[]): string[] {
  const seen = new Map<string, Map<string, number>>();
  const violations: string[] = [];
  for (const [index, { entries }] of batches.entries()) {
    const issues = [...new Set(entries.map(toServerIssue).filter((issue) => issue !== undefined))];
    for (const [at, later] of issues.entries()) {
      const before = seen.get(later) ?? new Map<string, number>();
      for (const earlier of issues.slice(0, at)) {
        const opposite = seen.get(earlier)?.get(later);
        if (opposite !== undefined && violations.length < 5) {
          violations.push(
            `batches ${opposite} and ${index} hold these issues in opposite order: ${later} | ${earlier}`,
          );
        }
        if (!before.has(earlier)) before.set(earlier, index);
      }
      seen.set(later, before);
    }
  }
  return violations;
}
