import type { RejectedEntry } from '../entry/entry.ts';
import { isTraceHubError } from '../errors.ts';

/** What came back from one attempt. */
export interface Answer {
  status: number;
  /** Value of the Retry-After header, if there is one. */
  retryAfter: string | undefined;
  /** The body; undefined when it broke off, was too long or could not be read. */
  body: string | undefined;
}

/** What an answer, or its absence, means for the batch (the table of design.md 5.3). */
export type Outcome =
  /** The server has them. `unconfirmed`: it said so by status only. `rejected`: refused one by one (our collector). */
  | { kind: 'delivered'; unconfirmed: boolean; rejected: readonly RejectedEntry[] }
  /** Worth another attempt. `outage`: no other batch would fare better, so the gate closes at once. */
  | { kind: 'retryable'; outage: boolean; retryAfter: string | undefined; reason: string }
  /** 500: the real server says the same for one bad entry and for a broker that is down (contract.md 1). */
  | { kind: 'ambiguous'; reason: string }
  /** One of the entries is refused, the answer does not say which. */
  | { kind: 'poisoned'; reason: string }
  | { kind: 'too-large'; reason: string }
  /** Accepted, but another number than was sent: resending would double what did arrive. */
  | { kind: 'mismatch'; reason: string }
  /** Key or permission. */
  | { kind: 'configuration'; reason: string }
  /** Whoever answered is not a TraceHub server. */
  | { kind: 'misdirected'; reason: string };

/** Classifies the answer to a request with `sent` entries. */
export function answerToOutcome(answer: Answer, sent: number): Outcome {
  const { status } = answer;
  const reason = `status ${status}`;
  if (status === 200 || status === 202) return acceptedToOutcome(answer, sent);
  if (status === 422) {
    return rejectedList(parse(answer.body), sent)
      ? { kind: 'poisoned', reason }
      : { kind: 'configuration', reason };
  }
  switch (status) {
    case 401:
    case 403:
      return { kind: 'configuration', reason };
    case 400:
    case 501:
    case 505:
      return { kind: 'poisoned', reason };
    case 413:
      return { kind: 'too-large', reason };
    case 500:
      return { kind: 'ambiguous', reason };
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
      return {
        kind: 'retryable',
        outage: answer.retryAfter !== undefined,
        retryAfter: answer.retryAfter,
        reason,
      };
    default:
      return status > 500
        ? { kind: 'retryable', outage: false, retryAfter: answer.retryAfter, reason }
        : { kind: 'misdirected', reason };
  }
}

function acceptedToOutcome(answer: Answer, sent: number): Outcome {
  const body = parse(answer.body);
  const accepted =
    typeof body === 'object' && body !== null ? (body as { accepted?: unknown }).accepted : undefined;
  if (typeof accepted === 'number') {
    const rejected = rejectedList(body, sent) ?? [];
    if (accepted + rejected.length === sent || accepted === sent) {
      return { kind: 'delivered', unconfirmed: false, rejected };
    }
    return { kind: 'mismatch', reason: `accepted ${accepted} of ${sent} entries` };
  }
  // A 202 whose body broke off was still given by a server that had read the batch; a page of a captive portal is
  // a whole body of another kind, and comes with 200 as a rule.
  const isForeign = answer.status === 200 || body !== undefined || /^\s*</.test(answer.body ?? '');
  if (isForeign) return { kind: 'misdirected', reason: `status ${answer.status} without TraceHub's answer` };
  return { kind: 'delivered', unconfirmed: true, rejected: [] };
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : (JSON.parse(body) as unknown);
  } catch {
    return undefined;
  }
}

/** The entries an answer says were refused, each once, if it has such a list. */
function rejectedList(body: unknown, sent: number): RejectedEntry[] | undefined {
  const list =
    typeof body === 'object' && body !== null ? (body as { rejected?: unknown }).rejected : undefined;
  if (!Array.isArray(list)) return undefined;
  const byIndex = new Map<number, RejectedEntry>();
  for (const item of list as (Partial<Record<keyof RejectedEntry, unknown>> | null)[]) {
    const { index, field, reason } = item ?? {};
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= sent) continue;
    byIndex.set(index as number, { index: index as number, field: textOf(field), reason: textOf(reason) });
  }
  return [...byIndex.values()];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Failures after which no other request would get through either: the gate closes on the first of them. */
const OUTAGE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'TRACEHUB_TIMEOUT',
]);

/** Classifies a request that got no answer. All of it can heal, so all of it is retryable. */
export function failureToOutcome(error: unknown): Outcome {
  const { code, reason } = failureReason(isTraceHubError(error) ? (error.cause ?? error) : error);
  return { kind: 'retryable', outage: OUTAGE_CODES.has(code), retryAfter: undefined, reason };
}

/** The first failure with a code, through causes and the members of an AggregateError (happy eyeballs). */
function failureReason(error: unknown): { code: string; reason: string } {
  const seen: unknown[] = [error];
  for (const candidate of seen) {
    if (typeof candidate !== 'object' || candidate === null || seen.length > 16) continue;
    const { code, message, cause, errors } = candidate as {
      code?: unknown;
      message?: unknown;
      cause?: unknown;
      errors?: unknown;
    };
    if (typeof code === 'string' && code !== '') {
      const text = typeof message === 'string' ? message : '';
      return { code, reason: text.includes(code) ? text : `${code} ${text}`.trim() };
    }
    if (cause !== undefined) seen.push(cause);
    if (Array.isArray(errors)) seen.push(...(errors as unknown[]));
  }
  return { code: '', reason: error instanceof Error ? error.message : String(error) };
}
