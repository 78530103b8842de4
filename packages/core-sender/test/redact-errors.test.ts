import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../src/entry/record.ts';
import { encode, entryOf } from './records.ts';
import { CENSOR, SECRET, redacted } from './redacting.ts';

function chain(): Error {
  const inner = Object.assign(new Error('inner'), {
    token: SECRET,
    port: 1,
    toJSON: () => ({ token: SECRET }),
  });
  const outer = new TypeError('outer', { cause: inner });
  return Object.assign(outer, { config: { headers: { authorization: SECRET, host: 'h' } }, code: 'E_OUTER' });
}

const CHAIN_PATHS = ['err.config.headers.authorization', 'err.cause.token'];

describe('an error', () => {
  it.each<[where: string, record: () => Partial<LogRecord>]>([
    ['in its field', () => ({ fields: { err: chain() } })],
    ['beside the fields', () => ({ error: chain() })],
    ['as the message', () => ({ message: chain() })],
    [
      'in its field and beside',
      () => {
        const err = chain();
        return { error: err, fields: { err }, used: new Set(['err']) };
      },
    ],
  ])('keeps all but the named properties at any link: %s', (_where, make) => {
    const given = { level: 'ERROR' as const, ...make() };
    const bare = entryOf(given);
    const entry = redacted(CHAIN_PATHS, given);
    expect(entry).toEqual({
      ...bare,
      id: expect.any(String) as string,
      extra: {
        error: expect.objectContaining({
          config: { headers: { authorization: CENSOR, host: 'h' } },
          code: 'E_OUTER',
          cause: expect.objectContaining({ token: CENSOR, port: 1 }),
        }),
      },
    });
    expect(entry.stack_trace).toContain('Caused by: Error: inner\n    at ');
  });

  it('is known by the place where it was found, whatever object the adapter made of it', () => {
    const err = chain();
    const error = { name: err.name, message: err.message, stack: err.stack, token: SECRET };
    const entry = redacted([...CHAIN_PATHS.map((path) => `job.${path}`), 'job.err.token'], {
      error,
      fields: { job: { err: Object.assign(err, { token: SECRET }) } },
    });
    expect(entry.extra).toMatchObject({ error: { token: CENSOR }, job: { err: { token: CENSOR } } });
  });

  it('is known by its own properties where the logger merged it into the record', () => {
    const paths = ['config.headers.authorization', 'cause.token'];
    expect(redacted(paths, { error: chain() }).extra).toMatchObject({
      error: { config: { headers: { authorization: CENSOR, host: 'h' } }, cause: { token: CENSOR } },
    });
  });

  it('is known by its names where the logger copied its properties into the record', () => {
    const fields = {
      message: 'text m',
      token: SECRET,
      config: { headers: { authorization: SECRET } },
      id: 7,
    };
    const used = new Set(['message']);
    const entry = redacted(['err.config.headers.authorization', 'error.token'], {
      error: Object.assign(new Error('m'), { token: SECRET }),
      fields,
      used,
    });
    expect(entry.extra).toMatchObject({
      token: CENSOR,
      config: { headers: { authorization: CENSOR } },
      id: 7,
      error: { token: CENSOR },
    });
  });

  it('keeps its members but for the named properties', () => {
    const member = Object.assign(new RangeError('one'), { token: SECRET });
    const errors = [member, { token: SECRET }, 'three'];
    const paths = ['err.errors[*].token'];
    const live = redacted(paths, { fields: { err: new AggregateError(errors, 'all') } });
    expect(live.stack_trace).toContain('Error 1 of 3: RangeError: one\n');
    expect(live.stack_trace).toContain(`Error 2 of 3: {"token":"${CENSOR}"}\nError 3 of 3: `);
  });

  it.each([['err.errors[*].token'], ['err.aggregateErrors[*].token']])(
    'names its members by either word, as live errors and as pino writes them: %s',
    (path) => {
      const errors = [Object.assign(new RangeError('one'), { token: SECRET })];
      const err = new AggregateError(errors, 'all');
      const serialised = { type: 'E', message: 'm', stack: 'E: m', aggregateErrors: errors };
      for (const record of [{ fields: { err } }, { error: err }, { fields: { err: serialised } }]) {
        expect(redacted([path], record).extra).toEqual({ error: { errors: [{ token: CENSOR }] } });
      }
    },
  );

  it('keeps a cause that is no error but for the named properties', () => {
    const err = new Error('m', { cause: { token: SECRET, id: 7 } });
    expect(redacted(['err.cause.token'], { fields: { err } }).stack_trace).toContain(
      `Caused by: {"token":"${CENSOR}","id":7}`,
    );
  });

  it.each([['err.message'], ['error_message'], ['err["message"]'], ['*.message']])(
    'loses its message in every column: %s',
    (path) => {
      const err = new TypeError(`no ${SECRET}\n    at ${SECRET} (/a.js:1:1)`);
      const entry = redacted([path], { message: err.message, fields: { err } });
      expect(entry).toMatchObject({ message: CENSOR, error_type: 'TypeError', error_message: CENSOR });
      expect(entry.stack_trace).toMatch(/^TypeError: \[REDACTED\]\n {4}at .*redact-errors\.test\.ts:\d+\)/);
    },
  );

  it('loses its message where the text of the record goes on with it', () => {
    const error = new Error(SECRET);
    expect(redacted(['err.message'], { message: `failed: ${SECRET}!`, error }).message).toBe(
      `failed: ${CENSOR}!`,
    );
    // As pino's serialiser makes it of an error with a cause.
    const err = {
      type: 'Error',
      message: `${SECRET}: cause`,
      stack: `Error: ${SECRET}\ncaused by: Error: cause`,
    };
    expect(redacted(['err.message'], { message: SECRET, fields: { err } }).message).toBe(CENSOR);
  });

  it('loses the message of a cause in the stack as well', () => {
    const err = new Error('outer', { cause: new Error(SECRET) });
    const entry = redacted(['err.cause.message'], { fields: { err } });
    expect(entry.stack_trace).toContain(`Caused by: Error: ${CENSOR}\n    at `);
    expect(entry.error_message).toBe('outer');
    // Where a wildcard meets a name, the library alone would change what it was given.
    redacted(['err.code', '*.cause.message'], { fields: { err } });
  });

  it.each([['err.stack'], ['stack_trace']])('loses its stack: %s', (path) => {
    const err = Object.assign(new Error('m'), { stack: `Error: m\n    at f (/${SECRET}.js:1:2)` });
    const entry = redacted([path], { fields: { err } });
    expect(entry).toMatchObject({ error_type: 'Error', error_message: 'm' });
    redacted({ paths: [path], remove: true }, { fields: { err } });
  });

  it.each([['stack_trace'], ['err.stack']])(
    'loses the messages of its causes with the column they stand in: %s',
    (path) => {
      const err = new AggregateError([new Error(SECRET)], 'outer', { cause: new Error(SECRET) });
      expect(redacted([path], { error: err }).error_message).toBe('outer');
      expect(redacted([path], { message: err }).error_message).toBe('outer');
      expect(redacted([path], { fields: { err } }).error_message).toBe('outer');
    },
  );

  it.each([
    ['error.token'],
    ['exception.token'],
    ['ctx.jobs[*].reason.token'],
    ['*.token', 'ctx.jobs[*].*.token'],
  ])('is known by where it was logged when only its properties are left there: %s', (...paths) => {
    // As pino writes an error that the mixin has put under `err`.
    const left = { token: SECRET, code: 'E' };
    const err = { type: 'Error', message: 'm', stack: 'Error: m\n    at f (/a.js:1:2)', ...left };
    const fields = { error: left, exception: left, ctx: { jobs: [{ reason: left }] } };
    const { json } = encode({ fields: { ...fields, err } }, {}, { redact: paths });
    const { extra } = JSON.parse(json) as { extra: Record<string, object> };
    // `error` of the fields keeps its name in extra.
    expect(extra['tracehub_error']).toEqual({ token: CENSOR, code: 'E' });
  });

  it.each([['error.message'], ['ctx.reason.message']])(
    'is known by where it was logged when nothing is left there: %s',
    (path) => {
      const err = { type: 'Error', message: SECRET, stack: `Error: ${SECRET}\n    at f (/a.js:1:2)` };
      const fields = { err, error: {}, ctx: { reason: {}, id: 7 } };
      expect(redacted([path], { message: SECRET, fields })).toMatchObject({
        message: CENSOR,
        error_message: CENSOR,
        extra: { ctx: { id: 7 } },
      });
    },
  );

  it('found deep in the fields is known by its place', () => {
    const fields = { ctx: { reason: Object.assign(new Error(SECRET), { token: SECRET, id: 7 }) } };
    const paths = ['ctx.reason.message', 'ctx.reason.token'];
    expect(redacted(paths, { level: 'ERROR', message: `failed: ${SECRET}`, fields })).toMatchObject({
      message: `failed: ${CENSOR}`,
      error_message: CENSOR,
      extra: { error: { token: CENSOR, id: 7 }, ctx: { reason: { token: CENSOR, id: 7 } } },
    });
  });

  it('read out of the text of a field goes with that field', () => {
    const stack = `TypeError: ${SECRET}\n    at f (/a.js:1:2)`;
    const error = { name: 'TypeError', message: SECRET, stack };
    const record = { error, errorKey: 'stack', fields: { stack }, used: new Set(['stack']) };
    expect(redacted(['stack'], record)).not.toHaveProperty('error_type');
    expect(redacted(['err.message'], record)).toMatchObject({
      error_type: 'TypeError',
      error_message: CENSOR,
    });
  });

  it.each([['err.type'], ['error_type']])('loses its type: %s', (path) => {
    const err = Object.assign(new Error('m'), { name: SECRET });
    err.stack = `${SECRET}: m\n    at f (/a.js:1:2)`;
    expect(redacted([path], { fields: { err } })).toMatchObject({
      error_type: CENSOR,
      stack_trace: `${CENSOR}: m\n    at f (/a.js:1) [1:2]`,
    });
  });

  it('is no error any more when all of it is named', () => {
    const entry = redacted(['err'], { message: SECRET, fields: { err: new Error(SECRET), id: 7 } });
    expect(entry).toMatchObject({ message: CENSOR, extra: { err: CENSOR, id: 7 } });
    expect(entry).not.toHaveProperty('error_message');
  });

  it('remains one when what is named is removed', () => {
    const err = new TypeError(SECRET);
    const redact = { paths: ['err.message', 'err.stack'], remove: true };
    expect(redacted(redact, { fields: { err } })).toMatchObject({
      error_type: 'TypeError',
      error_message: '',
    });
  });

  it('of a chain that goes in a circle comes to an end', () => {
    const err: Error & { token?: string } = new Error('m');
    err.cause = Object.assign(new Error('c', { cause: err }), { token: SECRET });
    const { stack_trace } = redacted(['err.cause.token'], { fields: { err } });
    expect(stack_trace?.split('\n').at(-1)).toContain('[Circular]');
  });
});
