import { describe, expect, it } from 'vitest';
import { TraceHubTransportError } from '../src/errors.ts';
import { type Answer, type Outcome, answerToOutcome, failureToOutcome } from '../src/send/outcome.ts';

function outcome(status: number, body?: unknown, retryAfter?: string): Outcome {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer: Answer = { status, retryAfter, body: text };
  return answerToOutcome(answer, 3);
}

const DELIVERED = { kind: 'delivered', unconfirmed: false, rejected: [] };

describe('an answer that accepts', () => {
  it.each([[200], [202]])('as many entries as were sent delivers them: %i', (status) => {
    expect(outcome(status, { accepted: 3 })).toEqual(DELIVERED);
    expect(outcome(status, { accepted: 3, duplicates: 1 })).toEqual(DELIVERED);
    expect(outcome(status, ' {"accepted":3}\n')).toEqual(DELIVERED);
  });

  it.each([[200], [202]])('all but those in its list delivers the others: %i', (status) => {
    const rejected = [{ index: 1, field: 'level', reason: 'is not known' }];
    expect(outcome(status, { accepted: 2, rejected })).toEqual({ ...DELIVERED, rejected });
    expect(outcome(status, { accepted: 3, rejected })).toEqual({ ...DELIVERED, rejected });
    const odd = [{ index: 1, field: { toString: 1 }, reason: 7 }];
    const said = [{ index: 1, field: '', reason: '' }];
    expect(outcome(status, { accepted: 2, rejected: odd })).toEqual({ ...DELIVERED, rejected: said });
  });

  it.each([[undefined], ['{"accep'], [''], ['accepted: 3']])(
    'by status 202 but breaks off delivers them unconfirmed: %j',
    (body) => {
      expect(outcome(202, body)).toEqual({ kind: 'delivered', unconfirmed: true, rejected: [] });
    },
  );

  it.each([
    [{ accepted: 2 }, 2],
    [{ accepted: 4 }, 4],
    [{ accepted: 0 }, 0],
    [{ accepted: -1 }, -1],
    [{ accepted: 1, rejected: [{ index: 0, field: '', reason: '' }] }, 1],
    [{ accepted: 2, rejected: 'all' }, 2],
    [{ accepted: 2, rejected: [null, 5, { index: 'x' }] }, 2],
  ])('another number is a mismatch: %j', (body, accepted) => {
    for (const status of [200, 202]) {
      expect(outcome(status, body)).toEqual({
        kind: 'mismatch',
        reason: `accepted ${accepted} of 3 entries`,
      });
    }
  });
});

describe('an answer that is not of a TraceHub server', () => {
  it.each<[status: number, body: unknown]>([
    [200, undefined],
    [200, '<html>Sign in</html>'],
    [200, 'ok'],
    [200, { ok: true }],
    [200, 'null'],
    [200, '[]'],
    [202, '  <!doctype html>'],
    [202, { ok: true }],
    [202, 'null'],
    [202, '5'],
    [202, { accepted: '3' }],
    [201, { accepted: 3 }],
    [203, { accepted: 3 }],
    [204, undefined],
    [206, { accepted: 3 }],
    [301, undefined],
    [302, '<html>'],
    [307, undefined],
    [308, undefined],
    [404, { detail: 'Not Found' }],
    [405, undefined],
    [410, undefined],
  ])('is misdirected: %i %j', (status, body) => {
    expect(outcome(status, body).kind).toBe('misdirected');
  });
});

describe('a refusal', () => {
  it.each<[status: number, body: unknown, kind: Outcome['kind']]>([
    [401, undefined, 'configuration'],
    [403, { detail: 'no' }, 'configuration'],
    [422, undefined, 'configuration'],
    [422, { detail: [{ loc: ['header', 'x-api-key'] }] }, 'configuration'],
    [422, { rejected: 'x' }, 'configuration'],
    [422, { rejected: [{ index: 0, field: 'level', reason: 'bad' }] }, 'poisoned'],
    [400, undefined, 'poisoned'],
    [501, undefined, 'poisoned'],
    [505, undefined, 'poisoned'],
    [413, '<html>', 'too-large'],
    [500, { detail: 'Internal server error' }, 'ambiguous'],
  ])('of status %i %j is %3$s', (status, body, kind) => {
    expect(outcome(status, body)).toEqual({ kind, reason: `status ${status}` });
  });

  it.each([[408], [425], [429], [502], [503], [504]])('of status %i can be retried', (status) => {
    expect(outcome(status, '<html>')).toEqual({
      kind: 'retryable',
      outage: false,
      retryAfter: undefined,
      reason: `status ${status}`,
    });
    expect(outcome(status, undefined, '7')).toMatchObject({ kind: 'retryable', retryAfter: '7' });
  });

  it.each([[507], [520], [599]])('of an unknown server status can be retried: %i', (status) => {
    expect(outcome(status).kind).toBe('retryable');
  });
});

describe('a failure without an answer', () => {
  const failure = (code: string, message = 'text'): Error => Object.assign(new Error(message), { code });

  it.each([
    ['ECONNREFUSED', true],
    ['ENOTFOUND', true],
    ['EAI_AGAIN', true],
    ['EHOSTUNREACH', true],
    ['ENETUNREACH', true],
    ['ETIMEDOUT', true],
    ['UND_ERR_CONNECT_TIMEOUT', true],
    ['TRACEHUB_TIMEOUT', true],
    ['ECONNRESET', false],
    ['EPIPE', false],
    ['UND_ERR_SOCKET', false],
    ['HPE_INVALID_CONSTANT', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false],
  ])('can always be retried: %s (outage: %j)', (code, outage) => {
    expect(failureToOutcome(failure(code))).toEqual({
      kind: 'retryable',
      outage,
      retryAfter: undefined,
      reason: `${code} text`,
    });
  });

  it('is known by the code inside its causes and members', () => {
    const inner = new AggregateError([failure('ECONNREFUSED', 'connect ECONNREFUSED ::1')]);
    const error = new TraceHubTransportError('request failed', {
      cause: new Error('fetch', { cause: inner }),
    });
    expect(failureToOutcome(error)).toMatchObject({ outage: true, reason: 'connect ECONNREFUSED ::1' });
  });

  it('may loop or be anything', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(failureToOutcome(loop)).toMatchObject({ kind: 'retryable', outage: false, reason: 'loop' });
    expect(failureToOutcome('text')).toMatchObject({ kind: 'retryable', reason: 'text' });
    expect(failureToOutcome(undefined)).toMatchObject({ kind: 'retryable', reason: 'undefined' });
  });
});
