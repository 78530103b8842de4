import type { Check, Finding } from '../check.ts';
import { ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { count, duration, printable, some } from '../../terminal/words.ts';

/** What waits for this endpoint and key. */
export const letters: Check = { id: 'letters', needs: ['directory'], run };

async function run(facts: Facts): Promise<Finding> {
  const { dlqPath } = facts.settings.options;
  if (dlqPath === false) return skipped('dead letters are turned off');
  if (facts.settings.destination === undefined) return skipped('there is no usable key: whose letters?');
  const own = await facts.ownSurvey(dlqPath);
  if (!own) return ok('none');
  const { waiting, held, rejected, reasons, damaged, damagedLines, oldest } = own;
  const details = { waiting, held, rejected, damagedLines, damaged };
  const found: string[] = [];
  const next: string[] = [];
  if (waiting > 0) {
    const age = oldest === undefined ? '' : `, the oldest ${duration(Date.now() - Date.parse(oldest))} old`;
    found.push(`${count(waiting, 'dead letter')} waiting${age}`);
    next.push('an app sends them when it starts or the server is back; to do it now: tracehub dlq replay');
  }
  if (rejected > 0) {
    found.push(`${rejected} refused by the server for good (${printable(some(reasons))})`);
    next.push('see tracehub dlq show --rejected');
  }
  if (damaged.length + damagedLines > 0) {
    found.push(`${count(damaged.length, 'damaged file')}, ${count(damagedLines, 'damaged line')}`);
    next.push(
      `what could be read was sent; look at ${some(damaged) || 'them with tracehub dlq ls'}, then delete them`,
    );
  }
  if (found.length === 0) return ok(held > 0 ? `${held} in use by running apps` : 'none', details);
  return warning(found.join('; '), next.join('; '), details);
}
