import { describe, expect, it } from 'vitest';
import { entryOf } from './records.ts';

const STACK = 'Error: a\n    at f (/a.js:1:2)';

function refuse(): never {
  throw new Error('no');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function errorWith(errors: unknown): Error {
  return Object.assign(new Error('a'), { stack: STACK, errors });
}

describe('members of an error', () => {
  it.each<[what: string, make: () => unknown]>([
    ['a revoked Proxy', revoked],
    ['an array that refuses to be read', () => new Proxy([], { get: refuse })],
  ])('cost nothing else when they are %s', (_what, make) => {
    const entry = entryOf({ level: 'ERROR', error: errorWith(make()) });
    expect(entry).toMatchObject({ error_message: 'a', stack_trace: 'Error: a\n    at f (/a.js:1) [1:2]' });
    expect(entry.extra).toEqual({ error: { errors: expect.stringMatching(/^\[Unreadable: /) } });
  });

  it('are read without the methods of their array', () => {
    const members = Object.assign(['x'], { slice: refuse, map: refuse, [Symbol.iterator]: refuse });
    expect(entryOf({ error: errorWith(members) }).stack_trace).toBe(
      'Error: a\n    at f (/a.js:1) [1:2]\nError 1 of 1: "x"',
    );
  });
});

describe('what cannot be read', () => {
  // Made inside the test: a failure could not be reported of an argument that cannot be read.
  it.each<[what: string, make: () => object, mark: RegExp]>([
    [
      'fields that throw what cannot be shown',
      () =>
        new Proxy(
          {},
          {
            ownKeys() {
              throw Object.create(null);
            },
          },
        ),
      /^an error that cannot be shown$/,
    ],
  ])('is marked in extra: %s', (_what, make, mark) => {
    const { message, extra } = entryOf({ fields: make() });
    expect(message).toBe('m');
    expect(Object.keys(extra ?? {})).toEqual(['tracehub_unreadable']);
    expect(extra?.['tracehub_unreadable']).toMatch(mark);
  });

  it.each<[what: string, make: () => object]>([
    ['a revoked Proxy', revoked],
    ['a Proxy whose prototype cannot be asked for', () => new Proxy({}, { getPrototypeOf: refuse })],
  ])('costs no other field when it is the field extra: %s', (_what, make) => {
    const { extra } = entryOf({ fields: { a: 1, extra: make() } });
    expect(extra).toEqual({ a: 1, extra: expect.stringMatching(/^\[Unreadable: /) });
  });

  it('is marked in the message when it is the message', () => {
    expect(entryOf({ message: revoked() }).message).toMatch(/^\[Unreadable: .*revoked\]$/);
  });

  it('is no time: the present one is used', () => {
    const entry = entryOf({ time: new Proxy(new Date(), {}) });
    expect(entry.timestamp).toBe('2026-11-22T10:00:00.000000Z');
    expect(entry.extra?.['original_timestamp']).toMatch(/^\[Unreadable: /);
  });

  it('is looked into for a short while only when it claims to have every key', () => {
    const fields = new Proxy(
      {},
      { getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) },
    );
    const error = Object.assign(new Error('m'), { stack: STACK, code: 1 });
    expect(entryOf({ error, fields }).extra).toEqual({ error: { code: 1 } });
  });
});

describe('U+0000', () => {
  it('is counted as the three bytes that stand for it', () => {
    const { message } = entryOf({ message: '\0'.repeat(200 * 1024) });
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(256 * 1024);
    expect(Buffer.byteLength(message)).toBeGreaterThan(255 * 1024);
    expect(message).toMatch(/^\ufffd+… \[\d+ characters cut\]$/);
  });
});
