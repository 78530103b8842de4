import type { Check, Finding } from '../check.ts';
import { ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { listSdkFiles } from '../../letters/sdk-files.ts';
import { count, printable, some } from '../../terminal/words.ts';

/** What waits in the directory for other endpoints and keys, and what other SDKs left there. */
export const others: Check = { id: 'others', needs: ['directory'], run };

async function run(facts: Facts): Promise<Finding> {
  const { settings } = facts;
  const { dlqPath } = settings.options;
  if (dlqPath === false) return skipped('dead letters are turned off');
  const found: string[] = [];
  const next: string[] = [];
  const surveys = await facts.surveys(dlqPath);
  const waiting = surveys.filter(
    ({ destination, ...rest }) => destination.name !== settings.destination && rest.waiting > 0,
  );
  if (waiting.length > 0) {
    const letters = waiting.reduce((sum, other) => sum + other.waiting, 0);
    const services = waiting.flatMap((other) => other.services);
    found.push(
      `${count(letters, 'letter')} for another endpoint or key (${some(waiting.map(({ destination }) => destination.name))}, ` +
        `logged by ${printable(some(services)) || 'an unknown service'})`,
    );
    next.push('if they are of a key that was rotated: tracehub dlq adopt');
  }
  const files = await listSdkFiles(dlqPath);
  if (files.length > 0) {
    found.push(
      `${count(files.length, 'file')} of another TraceHub SDK (${some(files.map(({ name }) => name))})`,
    );
    next.push('tracehub dlq import sends them with this key');
  }
  if (found.length === 0) return ok('nothing of others');
  return warning(found.join('; '), next.join('; '));
}
