import vm from 'node:vm';
import { expect } from 'vitest';
import type { Case, Columns } from './case.ts';

/** An error whose stack is settled before anything else of it is changed. */
function failed(cause?: unknown): TypeError {
  const error = new TypeError('no such item', cause === undefined ? {} : { cause });
  void error.stack;
  return error;
}

function throwing(key: string): TypeError {
  return Object.defineProperty(failed(), key, {
    get() {
      throw new Error('no');
    },
  });
}

/** The stack of {@link failed} in the server's form, and what follows it. */
function stack(rest = '', header = 'TypeError: no such item'): unknown {
  return expect.stringMatching(
    new RegExp(`^${header}\\n {4}at failed \\(.*error-shapes\\.ts:\\d+\\) [^]*${rest}$`),
  );
}

interface Shape {
  error: () => unknown;
  expected: Partial<Columns>;
}

const shapes: Readonly<Record<string, Shape>> = {
  'a cause that is text': {
    error: () => failed('sold out'),
    expected: { stack_trace: stack('\\nCaused by: "sold out"') },
  },
  'a cause that is an object': {
    error: () => failed({ code: 5 }),
    expected: { stack_trace: stack('\\nCaused by: {"code":5}'), extra: { error: { cause: { code: 5 } } } },
  },
  'a cause with properties': {
    error: () => failed(Object.assign(failed(), { code: 'E_ITEM' })),
    expected: {
      stack_trace: stack('\\nCaused by: TypeError: no such item\\n[^]*'),
      extra: { error: { cause: { code: 'E_ITEM' } } },
    },
  },
  'a cause of another realm': {
    error: () => failed(vm.runInNewContext("new RangeError('limit is 3')")),
    expected: { stack_trace: stack('\\nCaused by: RangeError: limit is 3\\n[^]*') },
  },
  'causes in a circle': {
    error() {
      const error = failed();
      return Object.defineProperty(error, 'cause', { value: failed(error) });
    },
    expected: { stack_trace: stack('\\nCaused by: TypeError: [^]*\\nCaused by: \\[Circular\\]') },
  },
  AggregateError: {
    error: () => new AggregateError([Object.assign(failed(), { code: 'E_ITEM' }), 'sold out'], 'all'),
    expected: {
      error_type: 'AggregateError',
      error_message: 'all',
      stack_trace: expect.stringMatching(
        /^AggregateError: all\n[^]*\nError 1 of 2: TypeError: no such item\n {4}at failed [^]*\nError 2 of 2: "sold out"$/,
      ),
      extra: { error: { errors: [{ code: 'E_ITEM' }, {}] } },
    },
  },
  DOMException: {
    error: () => new DOMException('gone', 'AbortError'),
    expected: {
      error_type: 'AbortError',
      error_message: 'gone',
      stack_trace: expect.stringMatching(/^AbortError: gone\n {4}at /),
      extra: { error: { code: 20 } },
    },
  },
  'of another realm': {
    error: () => vm.runInNewContext("Object.assign(new RangeError('limit is 3'), { code: 'E_LIMIT' })"),
    expected: {
      error_type: 'RangeError',
      error_message: 'limit is 3',
      stack_trace: expect.stringMatching(/^RangeError: limit is 3\n {4}at <anonymous> \(evalmachine/),
      extra: { error: { code: 'E_LIMIT' } },
    },
  },
  frozen: { error: () => Object.freeze(failed()), expected: { stack_trace: stack() } },
  'a stack that throws': { error: () => throwing('stack'), expected: { stack_trace: null } },
  'a name that throws': { error: () => throwing('name'), expected: { stack_trace: stack() } },
  'a message that throws': {
    error: () => throwing('message'),
    expected: { error_message: '', stack_trace: stack() },
  },
  'a stack that is no text': {
    error: () => Object.assign(failed(), { stack: 7 }),
    expected: { stack_trace: null },
  },
  'a name that is no text': {
    error: () => Object.assign(failed(), { name: 7 }),
    expected: { stack_trace: stack(), extra: { error: { name: 7 } } },
  },
  'a message that is no text': {
    error: () => Object.assign(failed(), { message: { reason: 'late' } }),
    expected: { error_message: '{"reason":"late"}', stack_trace: stack() },
  },
};

/** What is stored of {@link failed}. */
const FAILED: Partial<Columns> = { level: 'ERROR', error_type: 'TypeError', error_message: 'no such item' };

/** Errors that are not as errors should be, under `err`; some of them as the message too, where loggers differ. */
export const errorShapes: readonly Case[] = [
  ...Object.entries(shapes).map(([shape, { error, expected }]): Case => ({
    field: 'error_type',
    way: `err, ${shape}`,
    call: () => ({ level: 'error', fields: { err: error() } }),
    expected: { ...FAILED, ...expected },
  })),
  ...['AggregateError', 'DOMException', 'of another realm'].map((shape): Case => {
    const { error, expected } = shapes[shape]!;
    return {
      field: 'error_type',
      way: `the message, ${shape}`,
      call: () => ({ level: 'error', message: error() }),
      expected: { ...FAILED, ...expected, message: expected.error_message },
    };
  }),
];
