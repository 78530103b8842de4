import { afterTest } from '../kit/after-test.ts';

type Method = (...args: unknown[]) => unknown;

/** A defect in a method. */
export interface Plant {
  /** How often it has thrown so far. */
  readonly thrown: number;
  /** Whether it has thrown as often as it was to. */
  readonly isSpent: boolean;
  /** Heals it before it is spent. */
  remove(): void;
}

/**
 * Lets the next `times` calls of `target[method]` fail as a defect in it would: an asynchronous one rejects, all others
 * throw. What comes after goes to the real method.
 */
export function plant<T extends object>(target: T, method: keyof T & string, times: number): Plant {
  const original = Object.getOwnPropertyDescriptor(target, method);
  const real: unknown = original?.value;
  if (!original || typeof real !== 'function') throw new Error(`there is no method ${method} to plant in`);
  const isAsync = real.constructor.name === 'AsyncFunction';
  let thrown = 0;
  function planted(this: unknown, ...args: unknown[]): unknown {
    if (thrown >= times) return (real as Method).apply(this, args);
    const error = new Error(`planted in ${method}, ${++thrown}`);
    if (isAsync) return Promise.reject(error);
    throw error;
  }
  const remove = (): void => void Object.defineProperty(target, method, original);
  Object.defineProperty(target, method, { ...original, value: planted });
  afterTest(remove);
  return {
    remove,
    get thrown() {
      return thrown;
    },
    get isSpent() {
      return thrown === times;
    },
  };
}
