import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { headerOf } from '../../http/ask.ts';

/** Whether the server is well: it takes an empty batch only when its database and its queue do. */
export const server: Check = { id: 'server', needs: ['address'], run };

const ABOUT_THE_KEY = new Set([401, 403, 422]);

function run({ answer, settings }: Facts): Finding {
  const status = answer?.status ?? 0;
  if (status === 200 || status === 202) return ok('takes an empty batch');
  if (status === 429) {
    const wait = answer && headerOf(answer, 'retry-after');
    return warning(
      `the server asks to wait (429${wait ? `, Retry-After ${wait}` : ''})`,
      'wait and run this again; apps do so by themselves',
    );
  }
  if (status >= 500) {
    return failure(
      `the server is up and cannot take logs (status ${status} to an empty batch)`,
      'its database or message queue is down: look there; meanwhile apps keep their logs on disk',
    );
  }
  if (ABOUT_THE_KEY.has(status)) {
    return skipped(
      settings.options.apiKey === ''
        ? 'there is no usable key'
        : `status ${status} says nothing about its health`,
    );
  }
  return failure(
    `the server refuses an empty batch (status ${status})`,
    'look into its log, and into that of what stands before it',
  );
}
