import { type HostileValue, boom, heavy, hostile } from './hostile-value.ts';

/** Errors that are not as errors should be. */
export const errors: HostileValue[] = [
  ...hostile({
    Error: () => new Error('plain'),
    'error without message': () => new Error(),
    'error with every kind of detail': () =>
      Object.assign(new Error('detailed'), { code: 'E', errno: -2, details: { a: [1] }, big: 1n, fn: boom }),
    'error that is its own cause': () => {
      const error = new Error('loop');
      error.cause = error;
      return error;
    },
    'two errors that cause each other': () => {
      const first = new Error('first');
      first.cause = new Error('second', { cause: first });
      return first;
    },
    'chain of 2,000 causes': () => {
      let error = new Error('root');
      for (let link = 0; link < 2_000; link++) error = new Error(`link ${link}`, { cause: error });
      return error;
    },
    'cause that is text': () => new Error('x', { cause: 'text\0' }),
    'cause that is null': () => new Error('x', { cause: null }),
    'cause that is a number': () => new Error('x', { cause: Number.NaN }),
    'cause that is a BigInt': () => new Error('x', { cause: { big: 1n } }),
    'cause whose getter throws': () => Object.defineProperty(new Error('x'), 'cause', { get: boom }),
    'cause that is a function, as VError has it': () =>
      Object.assign(new Error('x'), { cause: () => new Error('inner') }),
    AggregateError: () => new AggregateError([new Error('a'), 'b', null, { c: 1 }], 'many'),
    'AggregateError of 200': () =>
      new AggregateError(
        Array.from({ length: 200 }, (_, n) => new Error(`${n}`)),
        'many',
      ),
    'AggregateError that holds itself': () => {
      const error = new AggregateError([], 'self');
      error.errors.push(error);
      return error;
    },
    'errors that is a Proxy': () => Object.assign(new Error('x'), { errors: new Proxy([], { get: boom }) }),
    'errors that is text': () => Object.assign(new Error('x'), { errors: 'none' }),
    DOMException: () => new DOMException('aborted', 'AbortError'),
    'system error': () =>
      Object.assign(new Error('ENOENT'), { code: 'ENOENT', errno: -2, syscall: 'open', path: '/a\0b' }),
    'stack that throws': () => Object.defineProperty(new Error('x'), 'stack', { get: boom }),
    'stack that is an object': () => Object.defineProperty(new Error('x'), 'stack', { value: { a: 1 } }),
    'stack that is a number': () => Object.assign(new Error('x'), { stack: 7 }),
    'stack that is empty': () => Object.assign(new Error('x'), { stack: '' }),
    'stack that is undefined': () => Object.assign(new Error('x'), { stack: undefined }),
    'stack of no frames': () => Object.assign(new Error('x'), { stack: 'Error: x\nno\nframes' }),
    'stack of one line of 1 MB': () =>
      Object.assign(new Error('x'), { stack: `Error: x\n    at ${'('.repeat(1024 * 1024)}` }),
    'stack of quadratic frames': () =>
      Object.assign(new Error('x'), { stack: `Error: x\n${`    at ${'f('.repeat(800)}\n`.repeat(500)}` }),
    'stack with U+0000 and lone surrogates': () =>
      Object.assign(new Error('x'), { stack: 'Error: \0\ud800\n    at f\0 (/app/\udc00.js:1:1)' }),
    'stack with eval, native and anonymous frames': () =>
      Object.assign(new Error('x'), {
        stack:
          'Error: x\n    at eval (eval at run (/app/a.js:1:2), <anonymous>:3:4)\n    at Array.map (<anonymous>)\n' +
          '    at native\n    at new A (file:///app/(b)/c.mjs:5:6)\n    at async Promise.all (index 0)\n    at C:\\app\\d.js:7:8',
      }),
    'message of frames': () => new Error('first\n    at bad (thing:5)\n    at worse (thing:6)'),
    'message that throws': () => Object.defineProperty(new Error('x'), 'message', { get: boom }),
    'message that is an object': () => Object.assign(new Error('x'), { message: { a: 1 } }),
    'message that is a symbol': () => Object.assign(new Error('x'), { message: Symbol('s') }),
    'message of 1 MB of quotes': () => new Error('"'.repeat(1024 * 1024)),
    'message of U+0000': () => new Error('\0'),
    'message of lone surrogates': () => new Error('\ud800 \udc00'),
    'name that throws': () => Object.defineProperty(new Error('x'), 'name', { get: boom }),
    'name that is an object': () => Object.assign(new Error('x'), { name: {} }),
    'name that is empty': () => Object.assign(new Error('x'), { name: '' }),
    'name of 10,000 emoji': () => Object.assign(new Error('x'), { name: '😀'.repeat(10_000) }),
    'name of U+0000 and a lone surrogate': () => Object.assign(new Error('x'), { name: '\0\ud800' }),
    'constructor that throws': () => Object.defineProperty(new Error('x'), 'constructor', { get: boom }),
    'toJSON that throws': () => Object.assign(new Error('x'), { toJSON: boom }),
    'toJSON that gives itself': () => {
      const error = new Error('x');
      return Object.assign(error, { toJSON: () => error });
    },
    'toString that throws': () => Object.assign(new Error('x'), { toString: boom }),
    'getter among its details that throws': () =>
      Object.defineProperty(new Error('x'), 'bad', { get: boom, enumerable: true }),
    'details that hold the error': () => {
      const error: Error & { self?: unknown } = new Error('x');
      error.self = { error };
      return error;
    },
    'details named like columns': () =>
      Object.assign(new Error('x'), { type: {}, level: 'x', id: 1, extra: null }),
    'frozen error': () => Object.freeze(new Error('frozen')),
    'sealed error with a frozen cause': () =>
      Object.seal(new Error('x', { cause: Object.freeze(new Error('y')) })),
    'error without prototype': () => Object.setPrototypeOf(new Error('x'), null) as unknown,
    'error of a class without a name': () => new (class extends Error {})('x'),
    'Proxy of an error that throws': () => new Proxy(new Error('x'), { get: boom, ownKeys: boom }),
    'Proxy of an error': () => new Proxy(new Error('x'), {}),
    'thrown null': () => null,
    'plain object with message and stack': () => ({
      message: 'made',
      stack: 'Error: made\n    at f (/a.js:1:1)',
      name: 5,
    }),
    'object with a stack that is a list': () => ({ message: 'made', stack: ['Error: made', 'at f'] }),
    'object created from Error.prototype': () => Object.create(Error.prototype) as unknown,
  }),
  ...heavy({
    'stack of 10 MB': () =>
      Object.assign(new Error('x'), { stack: `Error: x\n${'    at f (/app/a.js:1:1)\n'.repeat(420_000)}` }),
    'message of 10 MB': () => new Error('m'.repeat(10 * 1024 * 1024)),
    'AggregateError ten levels of ten': () => {
      let error = new AggregateError([], 'leaf');
      for (let level = 0; level < 10; level++)
        error = new AggregateError(
          Array.from({ length: 10 }, () => error),
          `${level}`,
        );
      return error;
    },
  }),
];
