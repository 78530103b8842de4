import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { errorToFields } from '../src/entry/error-fields.ts';
import { isErrorLike } from '../src/entry/error-parts.ts';

const STACK = 'Error: m\n    at f (/a.js:1:2)';

function withStack<T extends object>(error: T, stack: string): T {
  return Object.defineProperty(error, 'stack', { value: stack, configurable: true });
}

describe('isErrorLike', () => {
  class Odd extends Error {}
  it.each<[what: string, value: unknown, expected: boolean]>([
    ['Error', new Error('m'), true],
    ['a subclass', new Odd('m'), true],
    ['AggregateError', new AggregateError([]), true],
    ['DOMException', new DOMException('m', 'AbortError'), true],
    ['an Error of another realm', vm.runInNewContext('new TypeError("m")'), true],
    ["pino's serialised error", { type: 'E', message: 'm', stack: STACK }, true],
    ["bunyan's serialised error", { name: 'E', message: 'm', stack: STACK }, true],
    ['a serialised error whose stack is no text', { type: 'E', message: 'm', stack: 7 }, true],
    ['a serialised error whose message is no text', { name: 'E', message: { a: 1 }, stack: STACK }, true],
    ['a serialised error without a stack', { type: 'E', message: 'm', stack: null }, false],
    ['a nameless object with a stack that is no text', { message: 'm', stack: 7 }, false],
    ['a message without a stack', { message: 'm' }, false],
    ['a string', 'Error', false],
    ['null', null, false],
    ['undefined', undefined, false],
    ['a function', () => {}, false],
  ])('says of %s: %j', (_what, value, expected) => {
    expect(isErrorLike(value)).toBe(expected);
  });

  it('takes a Proxy that throws for none', () => {
    const get = (): never => {
      throw new Error('no');
    };
    expect(isErrorLike(new Proxy({}, { get }))).toBe(false);
  });
});

describe('the type', () => {
  class OrderError extends Error {}
  it.each<[what: string, error: object, type: string]>([
    ['the name', new RangeError('m'), 'RangeError'],
    ['the class where the name is only inherited', new OrderError('m'), 'OrderError'],
    ['a name of its own', Object.assign(new Error('m'), { name: 'Mine' }), 'Mine'],
    ['Error', new Error('m'), 'Error'],
    ['the name of a DOMException', new DOMException('m', 'AbortError'), 'AbortError'],
    ["pino's `type`", { type: 'OrderError', message: 'm', stack: STACK }, 'OrderError'],
    ["bunyan's `name`", { name: 'OrderError', message: 'm', stack: STACK }, 'OrderError'],
    ['Error where nothing is said', { message: 'm', stack: STACK }, 'Error'],
    ['the class where the name is no string', Object.assign(new OrderError('m'), { name: 5 }), 'OrderError'],
  ])('is %s', (_what, error, type) => {
    expect(errorToFields(error).type).toBe(type);
  });
});

describe('the stack', () => {
  it('is written for the server', () => {
    expect(errorToFields(withStack(new Error('m'), STACK))).toEqual({
      type: 'Error',
      message: 'm',
      stackTrace: 'Error: m\n    at f (/a.js:1) [1:2]',
    });
  });

  it.each([
    ['Error: m\n    at Array.map (<anonymous>)', 'Error: m\n    at Array.map (<anonymous>)'],
    ['Error: m\n    at run (node:internal/x:11:22)', 'Error: m\n    at run [node:internal/x:11:22]'],
  ])('goes to rawStack when the server would count no frame of it: %j', (stack, rawStack) => {
    expect(errorToFields(withStack(new Error('m'), stack))).toEqual({
      type: 'Error',
      message: 'm',
      rawStack,
    });
  });

  it('is left out when it is only the header', () => {
    expect(errorToFields(withStack(new Error('m'), ''))).toEqual({ type: 'Error', message: 'm' });
  });

  it('has no frame made of the message', () => {
    const message = 'first\nat bad (thing:5)';
    const fields = errorToFields(withStack(new Error(message), `Error: ${message}\n    at f (/a.js:1:2)`));
    expect(fields.message).toBe(message);
    expect(fields.stackTrace?.split('\n').filter((line) => line.trim().startsWith('at '))).toEqual([
      '    at f (/a.js:1) [1:2]',
    ]);
  });
});

describe('the message', () => {
  it.each<[message: unknown, text: string]>([
    [5, '5'],
    [{ reason: 'late' }, '{"reason":"late"}'],
    [undefined, ''],
    [Symbol('s'), 'Symbol(s)'],
  ])('that is %s is rendered', (message, text) => {
    expect(errorToFields(Object.assign(new Error('m'), { message })).message).toBe(text);
  });
});

describe('a stack that is no string', () => {
  it('is written from the call sites that the app has made of it', () => {
    const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')!;
    Error.prepareStackTrace = (_error, sites) => sites;
    try {
      const error = new TypeError('m');
      expect(Array.isArray(error.stack)).toBe(true);
      expect(errorToFields(error).stackTrace).toMatch(
        /^TypeError: m\n {4}at .*error-fields\.test\.ts:\d+\) \[\d+:\d+\]\n/,
      );
    } finally {
      Object.defineProperty(Error, 'prepareStackTrace', before);
    }
  });

  it.each([[{ frames: [] }], [[]], [7], [null]])('is left out: %j', (stack) => {
    expect(errorToFields(Object.assign(new Error('m'), { stack }))).toEqual({ type: 'Error', message: 'm' });
  });
});

describe('causes', () => {
  it('follow the error, each with its stack', () => {
    const root = withStack(new TypeError('root'), 'TypeError: root\n    at r (/r.js:1:2)');
    const error = withStack(new Error('top', { cause: root }), 'Error: top\n    at t (/t.js:3:4)');
    expect(errorToFields(error).stackTrace).toBe(
      [
        'Error: top',
        '    at t (/t.js:3) [3:4]',
        'Caused by: TypeError: root',
        '    at r (/r.js:1) [1:2]',
      ].join('\n'),
    );
  });

  it.each<[cause: unknown, text: unknown]>([
    ['text', expect.stringMatching(/^Caused by: "?text"?$/)],
    [{ code: 5 }, 'Caused by: {"code":5}'],
    [0, 'Caused by: 0'],
    [Symbol('s'), 'Caused by: Symbol(s)'],
  ])('that are no errors are written short: %s', (cause, text) => {
    expect(
      errorToFields(withStack(new Error('m', { cause }), STACK))
        .stackTrace?.split('\n')
        .at(-1),
    ).toEqual(text);
  });

  it('that loop are marked', () => {
    const a = withStack(new Error('a'), 'Error: a\n    at a (/a.js:1:1)');
    a.cause = withStack(new Error('b', { cause: a }), 'Error: b\n    at b (/b.js:1:1)');
    expect(errorToFields(a).stackTrace?.split('\n').at(-1)).toBe('Caused by: [Circular]');
    const self = withStack(new Error('s'), STACK);
    self.cause = self;
    expect(errorToFields(self).stackTrace).toMatch(/Caused by: \[Circular\]$/);
  });

  it('are cut after eight', () => {
    let error = new Error('deepest');
    for (let depth = 0; depth < 20; depth++) error = new Error(`level ${depth}`, { cause: error });
    const lines = errorToFields(error).stackTrace?.split('\n') ?? [];
    expect(lines.filter((line) => line.includes('Error: level'))).toHaveLength(8);
    expect(lines.at(-1)).toBe('Caused by: [more causes cut]');
  });

  it('of a serialised error are followed too', () => {
    const cause = { type: 'Inner', message: 'i', stack: 'Inner: i\n    at i (/i.js:1:1)' };
    expect(errorToFields({ type: 'Outer', message: 'm', stack: STACK, cause }).stackTrace).toContain(
      'Caused by: Inner: i\n    at i (/i.js:1) [1:1]',
    );
  });
});

describe('an AggregateError', () => {
  it('has its members written, numbered', () => {
    const error = withStack(
      new AggregateError([withStack(new Error('one'), 'Error: one\n    at o (/o.js:1:1)'), 'two'], 'all'),
      'AggregateError: all\n    at f (/a.js:1:2)',
    );
    expect(errorToFields(error)).toMatchObject({ type: 'AggregateError', message: 'all' });
    expect(errorToFields(error).stackTrace).toMatch(
      /\nError 1 of 2: Error: one\n {4}at o \(\/o\.js:1\) \[1:1\]\nError 2 of 2: "?two"?$/,
    );
  });

  it('of a library that validates keeps what else stands under that name', () => {
    const errors = { email: { kind: 'required' } };
    expect(errorToFields(Object.assign(new Error('m'), { errors })).details).toMatchObject({ errors });
  });

  it('of a thousand members is bounded and says how many there are', () => {
    const error = new AggregateError(Array.from({ length: 1_000 }, (_, index) => new Error(`m${index}`)));
    const text = errorToFields(error).stackTrace ?? '';
    expect(text).toContain('of 1000: ');
    expect(text.split('\n').length).toBeLessThan(200);
  });
});

describe('details', () => {
  it('are the own properties that have no column', () => {
    const error = Object.assign(new Error('m'), { code: 'ENOENT', errno: -2, name: 'X', cause: 'c' });
    expect({ ...errorToFields(error).details }).toEqual({ code: 'ENOENT', errno: -2 });
  });

  it('have the code that is inherited, and a name or type that is not the error type', () => {
    class Coded extends Error {
      get code() {
        return 'E_CODED';
      }
    }
    expect({ ...errorToFields(new Coded('m')).details }).toEqual({ code: 'E_CODED' });
    expect(errorToFields(new DOMException('m', 'AbortError')).details).toMatchObject({ code: 20 });
    const odd = Object.assign(new Coded('m'), { name: 5, type: 'entity.parse.failed' });
    expect(errorToFields(odd).details).toMatchObject({ name: 5, type: 'entity.parse.failed' });
  });

  it('have nothing of what pino copies into every DOMException', () => {
    const aborted = new DOMException('m', 'AbortError');
    const copied: Record<string, unknown> = { type: 'DOMException' };
    // eslint-disable-next-line guard-for-in -- as pino does
    for (const key in aborted) copied[key] = aborted[key as 'name'];
    const serialised = { ...copied, stack: 'AbortError: m\n    at f (/a.js:1:2)', reason: 'late' };
    expect(copied).toHaveProperty('ABORT_ERR');
    expect(errorToFields(serialised)).toMatchObject({ type: 'AbortError', message: 'm' });
    expect({ ...errorToFields(serialised).details }).toEqual({ code: 20, reason: 'late' });
  });

  it('of causes and members keep the shape of the chain', () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', errno: -111 });
    const all = new AggregateError([new Error('bare'), refused, 'text'], 'all', { cause: { status: 502n } });
    expect(errorToFields(new Error('failed', { cause: all })).details).toEqual({
      cause: { cause: { status: 502n }, errors: [{}, { code: 'ECONNREFUSED', errno: -111 }, {}] },
    });
  });

  it('of a loop come to an end', () => {
    const error: Error = Object.assign(new Error('m'), { code: 1 });
    error.cause = Object.assign(new Error('c', { cause: error }), { code: 2 });
    expect(errorToFields(error).details).toEqual({ code: 1, cause: { code: 2 } });
  });

  it('may be called __proto__ without harm', () => {
    const error = Object.assign(new Error('m'), JSON.parse('{"a":1}'));
    Object.defineProperty(error, '__proto__', { value: { polluted: true }, enumerable: true });
    const { details } = errorToFields(error);
    expect(Object.keys(details ?? {})).toEqual(['a', '__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a hostile error', () => {
  const refuse = (): never => {
    throw new Error('no');
  };
  const throwing = (property: string) => () =>
    Object.defineProperty(new Error('m'), property, { get: refuse });

  it.each<[what: string, make: () => object]>([
    ['a stack that throws', throwing('stack')],
    ['a message that throws', throwing('message')],
    ['a name that throws', throwing('name')],
    ['a cause that throws', throwing('cause')],
    ['members that throw', throwing('errors')],
    [
      'properties that are no strings',
      () => Object.assign(new Error('m'), { message: 5, stack: {}, name: null }),
    ],
    ['keys that cannot be listed', () => new Proxy(new Error('m'), { ownKeys: refuse })],
    ['a frozen one', () => Object.freeze(new Error('m'))],
    ['a constructor that is no function', () => Object.assign(new Error('m'), { constructor: 7 })],
  ])('gives fields all the same: %s', (_what, make) => {
    const fields = errorToFields(make());
    expect(typeof fields.type).toBe('string');
    expect(fields.type).not.toBe('');
    expect(typeof fields.message).toBe('string');
  });
});
