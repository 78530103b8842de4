import { type HttpAnswer, jsonOf } from '../http/ask.ts';

/** Besides 5xx. A 404 or 405 with a `detail` comes from any server of the same framework. */
const REFUSALS = new Set([400, 401, 403, 413, 422, 429]);

/** Whether an answer is one that TraceHub, or our collector, gives; what stands before them answers in other words. */
export function isOurs(given: HttpAnswer): boolean {
  const body = jsonOf(given);
  if (typeof body !== 'object' || body === null) return false;
  if (given.status === 200 || given.status === 202)
    return typeof (body as { accepted?: unknown }).accepted === 'number';
  return (given.status >= 500 || REFUSALS.has(given.status)) && 'detail' in body;
}
