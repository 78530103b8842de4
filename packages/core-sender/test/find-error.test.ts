import { describe, expect, it } from 'vitest';
import { errorAmongKeys, nestedError } from '../src/entry/find-error.ts';

const error = new Error('m');

describe('errorAmongKeys', () => {
  it('is the first of the keys that really holds one', () => {
    expect(
      errorAmongKeys({ err: 'text', error, exception: new Error('n') }, ['err', 'error', 'exception']),
    ).toEqual({
      error,
      place: ['error'],
    });
    expect(errorAmongKeys({ failure: error }, ['err'])).toBeUndefined();
  });
});

describe('nestedError', () => {
  it.each<[where: string, fields: object]>([
    ['a field', { reason: error }],
    ['an object', { ctx: { cause: error } }],
    ['an array', { jobs: [1, error] }],
    ['an object in an array', { jobs: [{ error }] }],
    ['the fields themselves, an array', [error]],
    ['an object without a prototype', { ctx: Object.assign(Object.create(null), { error }) }],
    [
      'beside a getter that throws',
      Object.defineProperty({ z: error } as object, 'a', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('finds it in %s', (_where, fields) => {
    expect(nestedError(fields)?.error).toBe(error);
  });

  it('says where', () => {
    expect(nestedError({ a: 1, jobs: [{ id: 1, reason: error }] })?.place).toEqual(['jobs', '0', 'reason']);
  });

  it('takes what a serialiser left of one by its stack', () => {
    const left = { type: 'E', message: 'm', stack: 'E: m\n    at f (/a.js:1:2)' };
    expect(nestedError({ ctx: left })?.error).toBe(left);
  });

  class Request {
    error = error;
  }
  it.each<[where: string, fields: object]>([
    ['more than three levels down', { a: { b: { c: { error } } } }],
    ['an object of a class, whose errors are not of this record', { request: new Request() }],
    ['an object with words of an error', { ctx: { message: 'deploy', stack: 'heroku-22' } }],
    ['a Map', { map: new Map([['error', error]]) }],
    ['after 64 values', { many: Array.from({ length: 70 }, (_, n) => n), error }],
  ])('does not look into %s', (_where, fields) => {
    expect(nestedError(fields)).toBeUndefined();
  });

  it('comes to an end in a loop', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(nestedError(loop)).toBeUndefined();
  });
});
