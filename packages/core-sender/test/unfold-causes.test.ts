import { describe, expect, it } from 'vitest';
import { errorToFields } from '../src/entry/error-fields.ts';
import { unfoldCauses } from '../src/entry/unfold-causes.ts';

const OUTER = 'TypeError [E_OUT]: outer: one\n    at f (/a.js:1:2)';
const MIDDLE = 'RangeError: two\nlines\n    at g (/b.js:3:4)';
const INNER = 'Error: three\n    at h (/c.js:5:6)';

/** As pino's serialiser writes an error with two causes. */
const folded = {
  type: 'TypeError',
  message: 'outer: one: two\nlines: three',
  stack: [OUTER, MIDDLE, INNER].join('\ncaused by: '),
  code: 'E_OUT',
};

describe('the causes that pino folds into an error', () => {
  it('become errors of their own again', () => {
    expect(unfoldCauses(folded)).toEqual({
      type: 'TypeError',
      message: 'outer: one',
      stack: OUTER,
      code: 'E_OUT',
      cause: {
        type: 'RangeError',
        message: 'two\nlines',
        stack: MIDDLE,
        cause: { type: 'Error', message: 'three', stack: INNER },
      },
    });
  });

  it('are written like those of any other error', () => {
    const inner = Object.assign(new Error('three'), { stack: INNER });
    const middle = Object.assign(new RangeError('two\nlines', { cause: inner }), { stack: MIDDLE });
    const live = Object.assign(new TypeError('outer: one', { cause: middle }), {
      stack: OUTER,
      code: 'E_OUT',
    });
    expect(errorToFields(folded)).toEqual(errorToFields(live));
  });

  it('that go in a circle are marked like those of any other error', () => {
    const loop = {
      type: 'TypeError',
      message: 'outer: one: two\nlines: outer: one: ...',
      stack: `${[OUTER, MIDDLE, OUTER].join('\ncaused by: ')}\ncauses have become circular...`,
      code: 'E_OUT',
    };
    const middle = Object.assign(new RangeError('two\nlines'), { stack: MIDDLE });
    const live = Object.assign(new TypeError('outer: one', { cause: middle }), {
      stack: OUTER,
      code: 'E_OUT',
    });
    middle.cause = live;
    expect(errorToFields(loop)).toEqual(errorToFields(live));
    const own = { message: 'outer: one: outer: one: ...', stack: `${OUTER}\ncaused by: ${OUTER}` };
    expect(unfoldCauses({ ...own, stack: `${own.stack}\ncauses have become circular...` })).toMatchObject({
      message: 'outer: one',
      cause: '[Circular]',
    });
  });

  it('are told apart by their stacks where a message was changed later', () => {
    const changed = { ...folded, message: 'changed: two\nlines: also changed' };
    expect(unfoldCauses(changed)).toMatchObject({ message: 'outer: one', cause: { message: 'two\nlines' } });
  });

  it('are known without a frame by the message that has them too', () => {
    const bare = { type: 'Error', message: 'outer: inner', stack: 'Error: outer\ncaused by: Error: inner' };
    expect(unfoldCauses(bare)).toMatchObject({ message: 'outer', cause: { message: 'inner' } });
  });

  it.each<[what: string, error: object]>([
    [
      'a line of the message',
      { message: 'a\ncaused by: b', stack: 'Error: a\ncaused by: b\n    at f (/a.js:1:2)' },
    ],
    ['the stack of a live error', Object.assign(new Error('m'), { stack: folded.stack })],
    ['beside a cause', { ...folded, cause: 'c' }],
    ['in no error', { stack: 7 }],
    [
      'in what cannot be copied',
      new Proxy(folded, {
        ownKeys() {
          throw new Error('no keys');
        },
      }),
    ],
  ])('are not seen in %s', (_what, error) => {
    expect(unfoldCauses(error)).toBe(error);
  });

  it('are written as far as any chain is', () => {
    const stack = Array.from({ length: 2_000 }, (_, n) => `Error: ${n}\n    at f (/a.js:${n}:2)`);
    const { stackTrace = '' } = errorToFields({ message: '0', stack: stack.join('\ncaused by: ') });
    expect(stackTrace.match(/Caused by: Error: /g)).toHaveLength(7);
    expect(stackTrace).toContain('[more causes cut]');
  });
});
