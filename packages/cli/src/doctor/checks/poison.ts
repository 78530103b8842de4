import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { count, printable } from '../../terminal/words.ts';

/** Whether what waits would be stored: one letter that breaks the server's rules costs its whole batch. */
export const poison: Check = { id: 'poison', needs: ['directory'], run };

async function run(facts: Facts): Promise<Finding> {
  const { dlqPath } = facts.settings.options;
  if (dlqPath === false) return skipped('dead letters are turned off');
  const own = await facts.ownSurvey(dlqPath);
  const [first] = own?.poison ?? [];
  if (!own || !first) return ok('no letter breaks the rules of the server');
  return failure(
    `there is poison in the queue: ${count(own.poison.length, 'letter')} that the server cannot store, nor ` +
      `what is sent in one batch with it; the first (${printable(first.id) || 'no id'} in ${first.file}): ${printable(first.fault)}`,
    'take them out (tracehub dlq export --poison --out poison.ndjson, tracehub dlq drop --poison --yes), then have them ' +
      'mended and sent: tracehub dlq import poison.ndjson --yes',
    { poison: own.poison },
  );
}
