import { expect } from 'vitest';
import { NONE } from './call.ts';
import type { Case, Columns } from './case.ts';

function failed(): Error {
  const cause = new RangeError('limit is 3');
  return Object.assign(new TypeError('no such item', { cause }), { code: 'E_ITEM' });
}

/** The stack of {@link failed} in the server's form, with its cause. */
function stackWithCause(): unknown {
  const header = /^TypeError: no such item\n {4}at failed \(.*error-cases\.ts:\d+\) \[\d+:\d+\]\n/;
  const cause = /\nCaused by: RangeError: limit is 3\n {4}at failed /;
  return expect.stringMatching(new RegExp(`${header.source}[^]*${cause.source}`));
}

/** What is stored of {@link failed}, wherever it was in the call. */
const FAILED: Partial<Columns> = {
  level: 'ERROR',
  error_type: 'TypeError',
  error_message: 'no such item',
  stack_trace: stackWithCause(),
  extra: { error: { code: 'E_ITEM' } },
};

const EXPLICIT = { error_type: 'Declined', error_message: 'by the bank', stack_trace: 'in the till' };

type Row = Omit<Case, 'field' | 'expected'> & { expected?: Partial<Columns> };

const wherever: Row[] = [
  { way: 'err', call: () => ({ fields: { err: failed() } }) },
  { way: 'error', call: () => ({ fields: { error: failed() } }) },
  { way: 'exception', call: () => ({ fields: { exception: failed() } }) },
  { way: 'the message', call: () => ({ message: failed() }), expected: { message: 'no such item' } },
  {
    way: 'err without a message',
    call: () => ({ message: NONE, fields: { err: failed() } }),
    expected: { message: 'no such item' },
  },
  { way: 'after the message', call: () => ({ values: [failed()] }) },
  {
    way: 'nested',
    call: () => ({ fields: { context: { failure: failed() } } }),
    expected: { extra: expect.objectContaining({ context: expect.anything(), error: { code: 'E_ITEM' } }) },
  },
  {
    way: 'in an array',
    call: () => ({ fields: { failures: [failed()] } }),
    expected: { extra: expect.objectContaining({ failures: expect.anything(), error: { code: 'E_ITEM' } }) },
  },
  { way: 'err of a child', call: () => ({ bindings: { err: failed() } }) },
].map((row: Row) => ({ ...row, call: () => ({ level: 'error', ...row.call() }) }));

const ofItsOwn: Row[] = [
  { way: 'explicit, without an error', call: () => ({ fields: EXPLICIT }), expected: { ...EXPLICIT } },
  {
    way: 'explicit, before that of the error',
    call: () => ({ level: 'error', fields: { err: failed(), ...EXPLICIT } }),
    expected: {
      ...FAILED,
      ...EXPLICIT,
      extra: { error: { code: 'E_ITEM' }, stack: expect.stringContaining('TypeError: no such item\n') },
    },
  },
];

/** error_type, error_message and stack_trace: they come of one error, so they are given together. */
export const errorCases: readonly Case[] = [
  ...wherever.map((row): Case => ({ field: 'error_type', ...row, expected: { ...FAILED, ...row.expected } })),
  ...ofItsOwn.map((row): Case => ({ field: 'error_message', expected: {}, ...row })),
  {
    field: 'stack_trace',
    way: 'exc_info: true',
    call: () => ({ level: 'warn', fields: { exc_info: true } }),
    expected: {
      level: 'WARN',
      stack_trace: expect.stringMatching(/^ {4}at .*\(.*conformance.*\.ts:\d+\) \[\d+:\d+\]\n/),
    },
  },
  {
    field: 'stack_trace',
    way: 'exc_info: true with an error',
    call: () => ({ level: 'error', fields: { exc_info: true, err: failed() } }),
    expected: FAILED,
  },
];
