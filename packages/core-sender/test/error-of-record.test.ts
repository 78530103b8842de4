import { describe, expect, it } from 'vitest';
import { callerStack } from '../src/entry/caller-stack.ts';
import type { LogRecord } from '../src/entry/record.ts';
import { encode, entryOf } from './records.ts';

function failed(name = 'declined'): Error {
  return Object.assign(new TypeError(name), {
    code: 'E_CARD',
    stack: `TypeError: ${name}\n    at pay (/a.js:1:2)`,
  });
}

const columns = {
  error_type: 'TypeError',
  error_message: 'declined',
  stack_trace: 'TypeError: declined\n    at pay (/a.js:1) [1:2]',
};

describe('the error of a record', () => {
  it.each<[where: string, record: Partial<LogRecord>, rest: object]>([
    ['handed over by the adapter', { error: failed(), fields: { err: 'text' } }, { err: 'text' }],
    ['in the field err', { fields: { err: failed(), n: 1 } }, { n: 1 }],
    ['in the field error', { fields: { error: failed() } }, {}],
    ['in the field exception', { fields: { err: 5, exception: failed() } }, { err: 5 }],
    ["in the field exc_info, in Python's way", { fields: { exc_info: failed() } }, {}],
    ['the message', { message: failed() }, {}],
  ])('is the one %s, at every level', (_where, record, rest) => {
    for (const level of ['DEBUG', 'FATAL'] as const) {
      const entry = entryOf({ message: undefined, ...record, level });
      expect(entry).toMatchObject({ ...columns, message: 'declined' });
      expect(entry.extra).toEqual({ ...rest, error: { code: 'E_CARD' } });
    }
  });

  it.each<[where: string, fields: object]>([
    ['an object', { ctx: { cause: failed() } }],
    ['an array', { jobs: [{ id: 1, reason: failed() }] }],
  ])('is found in %s from WARN on, and stays there', (_where, fields) => {
    const entries = (['INFO', 'WARN', 'ERROR'] as const).map((level) => entryOf({ level, fields }));
    expect(entries.map((entry) => entry.error_type)).toEqual([undefined, 'TypeError', 'TypeError']);
    expect(entries[1]).toMatchObject({ ...columns, message: 'm' });
    for (const { extra } of entries) {
      expect(JSON.stringify(extra)).toContain(
        '"type":"TypeError","message":"declined","stack":"TypeError: declined\\n    at pay (/a.js:1:2)","code":"E_CARD"',
      );
    }
  });

  it('is the named one before one that lies deeper', () => {
    const fields = { ctx: { cause: failed('deeper') }, exception: failed() };
    expect(entryOf({ level: 'ERROR', fields })).toMatchObject(columns);
  });

  it('as the message leaves the column error_message to the error that was handed over', () => {
    expect(entryOf({ message: failed('as message'), error: failed() })).toMatchObject({
      ...columns,
      message: 'as message',
    });
  });
});

describe('an error deep in the fields', () => {
  class Held {
    failure = failed();
  }
  const noFrames = (): Error => Object.assign(new Error('m'), { stack: 'Error: m' });
  const saysItself = (): Error => Object.assign(failed(), { toJSON: () => ({ code: 'E_CARD' }) });
  it.each<[what: string, fields: () => object, type: string | undefined]>([
    ['an error', () => ({ ctx: { reason: failed() } }), 'TypeError'],
    ['an error without frames', () => ({ ctx: { reason: noFrames() } }), 'Error'],
    ['an error with a toJSON', () => ({ ctx: [saysItself()] }), 'TypeError'],
    ['one in an object of a class', () => ({ ctx: new Held() }), undefined],
    ['one in a Map', () => ({ ctx: new Map([['reason', failed()]]) }), undefined],
    [
      'an object with words of an error',
      () => ({ ctx: { message: 'deploy', stack: 'heroku-22' } }),
      undefined,
    ],
    [
      'an object with words of many lines',
      () => ({ ctx: { message: 'deploy', stack: 'web\n  at eu' } }),
      undefined,
    ],
  ])('is the same with and without redact: %s', (_what, fields, type) => {
    for (const redact of [undefined, ['nothing'], ['ctx.*.code']]) {
      const entry = entryOf({ level: 'ERROR', fields: fields() }, {}, redact && { redact });
      expect(entry.error_type).toBe(type);
    }
  });
});

describe('explicit fields', () => {
  const given = { error_type: 'CardError', error_message: 'no', stack_trace: 'step 1\nstep 2' };

  it('win over the error, each on its own', () => {
    for (const [key, value] of Object.entries(given)) {
      const entry = entryOf({ level: 'ERROR', fields: { [key]: value, err: failed() } });
      expect(entry).toMatchObject({ ...columns, [key]: value });
    }
  });

  it("leave the error's own stack in extra", () => {
    expect(entryOf({ fields: { ...given, err: failed() } })).toMatchObject({
      ...given,
      extra: { stack: columns.stack_trace, error: { code: 'E_CARD' } },
    });
  });
});

describe('exc_info', () => {
  const profile = { callerStack: () => '    at app (/app.js:1) [1:2]' };

  it('true takes the stack of the call, and is not in extra', () => {
    const { json, issueKey } = encode({ level: 'ERROR', fields: { exc_info: true, n: 1 } }, profile);
    expect(JSON.parse(json)).toMatchObject({
      message: 'm',
      stack_trace: profile.callerStack(),
      extra: { n: 1 },
    });
    expect(json).not.toContain('exc_info');
    expect(json).not.toContain('error_type');
    expect(issueKey).toBe('s\n\napp /app.js');
  });

  it.each<[what: string, fields: object, stack: unknown]>([
    ['true with an error', { exc_info: true, err: failed() }, columns.stack_trace],
    ['true with a stack', { exc_info: true, stack_trace: 'mine' }, 'mine'],
    ['false', { exc_info: false }, undefined],
    ['absent', {}, undefined],
  ])('%s takes none', (_what, fields, stack) => {
    const entry = entryOf({ level: 'ERROR', fields }, profile);
    expect(entry.stack_trace).toBe(stack);
    expect(entry.extra ?? {}).not.toHaveProperty('exc_info');
  });

  it("true takes the stack that the record brings, before the profile's", () => {
    const record = { callerStack: '    at there (/there.js:1) [1:2]', fields: { exc_info: true } };
    expect(entryOf(record, profile).stack_trace).toBe(record.callerStack);
    expect(entryOf(record, profile, { redact: ['a'] }).stack_trace).toBe(record.callerStack);
    expect(entryOf(record, {}, { redact: ['stack_trace'] }).stack_trace).toBe('[REDACTED]');
    expect(entryOf({ callerStack: record.callerStack })).not.toHaveProperty('stack_trace');
  });

  it('that is anything else stays in extra', () => {
    expect(entryOf({ fields: { exc_info: 'yes' } }, profile)).toMatchObject({ extra: { exc_info: 'yes' } });
  });

  it.each<[why: string, given: object]>([
    ['the adapter cannot see the call', {}],
    ['no frame has a place', { callerStack: () => callerStack(callerStack, /./) }],
  ])('gives no stack where %s', (_why, given) => {
    expect(entryOf({ level: 'ERROR', fields: { exc_info: true } }, given)).not.toHaveProperty('stack_trace');
  });
});
