import { describe, expect, it } from 'vitest';
import { finishedLine, isClientError, pathOf } from '../src/request-line.ts';

describe('the path of a request', () => {
  it.each([
    ['/orders/7', '/orders/7'],
    ['/orders/7?token=secret', '/orders/7'],
    ['/orders?a=/b?c', '/orders'],
    ['/orders?a\u2028b', '/orders'],
    ['/orders#part?x', '/orders'],
    ['?x=1', '/'],
    ['', '/'],
    ['*', '*'],
    ['http://user:secret@example.com/orders?x', '/orders'],
    ['HTTPS://example.com', '/'],
    ['http://example.com?x=1', '/'],
    ['//example.com/orders', '//example.com/orders'],
  ])('of %j is %j', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });
});

describe('the line of a finished request', () => {
  it.each([
    [200, 'info'],
    [404, 'info'],
    [499, 'info'],
    [500, 'warn'],
    [503, 'warn'],
  ])('with status %i is of level %s', (status, level) => {
    expect(finishedLine('GET', '/', { status, durationMs: 1, aborted: false }).level).toBe(level);
  });
});

describe('an error that is an answer to the client', () => {
  const refusing = new Proxy(new Error('no'), {
    get() {
      throw new Error('not readable');
    },
  });

  it.each<[string, unknown, boolean]>([
    ['status 400', { status: 400 }, true],
    ['statusCode 499', { statusCode: 499 }, true],
    ['status 500', { status: 500 }, false],
    ['status 399', { status: 399 }, false],
    ['status as text', { status: '404' }, false],
    ['a plain error', new Error('no'), false],
    ['an error that cannot be read', refusing, false],
    ['null', null, false],
    ['undefined', undefined, false],
    ['a string', '404', false],
  ])('with %s', (_, error, expected) => {
    expect(isClientError(error)).toBe(expected);
  });
});
