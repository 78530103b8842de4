import type { Check, Finding } from '../check.ts';
import { failure, ok, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { remarksOn } from '../remarks.ts';

/** What an app sets in its own code as a rule, and the doctor can do without. */
const OFTEN_IN_CODE = new Set(['service', 'environment']);

/** Whether a sender with this configuration would start and send. */
export const configuration: Check = { id: 'configuration', needs: [], run };

function run({ settings }: Facts): Finding {
  const { options, problems } = settings.inspection;
  if (!options.enabled) {
    return failure(
      `sending is turned off (enabled is false, from ${settings.sourceOf('enabled')}): all that is logged is discarded`,
      'unset TRACEHUB_ENABLED, or leave `enabled` out of the options',
    );
  }
  if (settings.adapter.silent === true) {
    return failure(
      'sending is turned off (silent is true, from --config): winston gives its transport nothing',
      'leave `silent` out of the options',
    );
  }
  const [problem] = problems.filter(
    ({ option, message }) =>
      option !== 'endpoint' && !(OFTEN_IN_CODE.has(option) && message.includes('required')),
  );
  const { refusedKey } = settings;
  if (refusedKey) {
    return failure(
      refusedKey.fault,
      'copy the key of your project anew: it starts with th_, and has no blank, line break or letter beyond ASCII in it',
    );
  }
  if (problem?.option === 'apiKey') {
    return failure(
      'there is no API key',
      'set TRACEHUB_API_KEY to the key of your project (it starts with th_), or give `apiKey` in --config',
    );
  }
  if (problem)
    return failure(problem.message, 'correct it: an app with these options does not start its transport');
  const missing = [...OFTEN_IN_CODE].filter((name) => options[name as 'service' | 'environment'] === '');
  const rest = missing.length > 0 ? ` (${missing.join(' and ')} not set here: the app must give them)` : '';
  const remarks = remarksOn(settings);
  if (remarks.length > 0) {
    const said = remarks.map(({ finding }) => finding).join('; ');
    return warning(`${said}${rest}`, remarks.map(({ next }) => next).join('; '));
  }
  return ok(`usable${rest}`);
}
