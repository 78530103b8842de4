import { MARK_DIGITS } from '../record.mjs';

/** What every measured burst fits into, in entries and in bytes: a ring of the default size would drop most of it. */
const ROOM = { maxBuffer: 10 ** MARK_DIGITS, maxBufferBytes: 2 ** 30 };

/** The options of a sender. @param {import('../app.mjs').Opening} opening */
export function senderOptions({ endpoint, dlqPath, isRoomy, options }) {
  const who = { apiKey: 'th_bench', service: 'bench', environment: 'bench' };
  return { ...who, endpoint, dlqPath, ...(isRoomy ? ROOM : {}), ...options };
}
