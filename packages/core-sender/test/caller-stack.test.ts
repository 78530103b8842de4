import { describe, expect, it } from 'vitest';
import { callerStack } from '../src/entry/caller-stack.ts';

const HERE = /^ {4}at (\S+) \(.*caller-stack\.test\.ts:\d+\) \[\d+:\d+\]$/;

function firstFunction(stack: string): string | undefined {
  return HERE.exec(stack.split('\n')[0] ?? '')?.[1];
}

function outer<T>(inside: () => T): T {
  return inside();
}

/** Runs `work` with other settings of `Error`. */
function withSettings<T>(settings: object, work: () => T): T {
  const { prepareStackTrace, stackTraceLimit } = Error as Record<
    'prepareStackTrace' | 'stackTraceLimit',
    unknown
  >;
  Object.assign(Error, settings);
  try {
    return work();
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}

describe('callerStack', () => {
  function here(): string {
    return callerStack();
  }
  function log(): string {
    return callerStack(log);
  }

  it('begins with who called it', () => {
    expect(firstFunction(here())).toBe('here');
  });

  it('leaves out the function given and what that called', () => {
    expect(
      firstFunction(
        outer(function app() {
          return log();
        }),
      ),
    ).toBe('app');
  });

  it('leaves out the first frames that match, and no later ones', () => {
    const stack = outer(function app() {
      return callerStack(callerStack, / app /);
    });
    expect(firstFunction(stack)).toBe('outer');
    const whole = outer(function app() {
      return callerStack(callerStack, / outer /);
    });
    expect(whole.split('\n')[1]).toContain(' outer ');
  });

  it('is empty when nothing is left, or the function is not on the stack', () => {
    expect(callerStack(callerStack, /./)).toBe('');
    expect(callerStack(() => {})).toBe('');
  });

  it.each<[what: string, settings: object]>([
    ['lists call sites', { prepareStackTrace: (_: Error, sites: unknown) => sites }],
    [
      'throws',
      {
        prepareStackTrace: () => {
          throw new Error('no');
        },
      },
    ],
    ['shows no frames', { stackTraceLimit: 0 }],
    ['shows whatever', { stackTraceLimit: 'many' }],
  ])('is the same in an app whose Error %s, which stays so', (_what, settings) => {
    const stack = withSettings(settings, () => {
      const found = here();
      for (const [key, value] of Object.entries(settings)) expect(Reflect.get(Error, key)).toBe(value);
      return found;
    });
    expect(firstFunction(stack)).toBe('here');
  });
});
