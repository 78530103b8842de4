import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { headerOf } from '../../http/ask.ts';
import { duration } from '../../terminal/words.ts';

/** The Date header has whole seconds, and the way of the answer takes some of them. */
const TOLERANCE_MS = 10_000;
/** From here on times mislead: an hour of logs stands beside another hour's. */
const WRONG_MS = 5 * 60_000;

/** Whether this machine's clock agrees with the server's. */
export const clock: Check = { id: 'clock', needs: ['answer'], run };

function run({ answer }: Facts): Finding {
  const date = answer && headerOf(answer, 'date');
  const theirs = Date.parse(date ?? '');
  if (!answer || Number.isNaN(theirs)) return skipped('the server does not say what time it has');
  const skew = answer.at - theirs;
  const details = { skewMs: Math.round(skew) };
  const amount = Math.abs(skew);
  if (amount <= TOLERANCE_MS) return ok('agrees with the server’s', details);
  const finding = `the clock of this machine is ${duration(amount)} ${skew > 0 ? 'ahead of' : 'behind'} the server's`;
  const next =
    'set the clocks by NTP (timedatectl, chrony); until then the times of all logs are off by that much';
  return amount >= WRONG_MS ? failure(finding, next, details) : warning(finding, next, details);
}
