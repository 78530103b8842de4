import { type HostileValue, boom, heavy, hostile } from './hostile-value.ts';

/** Values that run code while they are read: it throws, lies, never ends, or logs. */
export const traps: HostileValue[] = [
  ...hostile({
    'getter that throws': () => ({
      before: 1,
      get bad(): never {
        return boom();
      },
      after: 2,
    }),
    'getter that throws null': () => ({
      get bad(): never {
        throw null;
      },
    }),
    'getter that throws a hostile error': () => ({
      get bad(): never {
        throw Object.defineProperty(new Error(), 'message', { get: boom });
      },
    }),
    'getter that gives another value each time': () => {
      let reads = 0;
      return {
        get value(): unknown {
          return reads++ === 0 ? 'text' : { toJSON: boom };
        },
      };
    },
    'getter that grows the object': () => {
      const object: Record<string, unknown> = {};
      Object.defineProperty(object, 'grow', {
        enumerable: true,
        get: () => {
          object[`key-${Object.keys(object).length}`] = 1;
          return 1;
        },
      });
      return object;
    },
    'getter that removes the next key': () => {
      const object: Record<string, unknown> = {
        get first(): number {
          delete object['second'];
          return 1;
        },
        second: 2,
      };
      return object;
    },
    'getter that makes a deeper object each time': () => {
      const deeper = (): object => ({
        get next(): object {
          return deeper();
        },
      });
      return deeper();
    },
    'getter that logs again': (again) => ({
      get value(): string {
        again();
        return 'logged';
      },
    }),
    'toJSON that logs again': (again) => ({
      toJSON: () => {
        again();
        return 'logged';
      },
    }),
    'toJSON that throws': () => ({ toJSON: boom }),
    'toJSON that throws a symbol': () => ({
      toJSON: () => {
        throw Symbol('thrown');
      },
    }),
    'toJSON that gives itself': () => {
      const self = { a: 1, toJSON: () => self };
      return self;
    },
    'toJSON that gives another toJSON for ever': () => {
      const next = (): object => ({ toJSON: next });
      return next();
    },
    'toJSON that gives undefined': () => ({ toJSON: () => undefined }),
    'toJSON that gives a function': () => ({ toJSON: () => () => {} }),
    'toJSON that gives a BigInt': () => ({ toJSON: () => 1n }),
    'toJSON that gives NaN': () => ({ toJSON: () => Number.NaN }),
    'toJSON that gives a cycle': () => ({
      toJSON: () => {
        const cycle: Record<string, unknown> = {};
        cycle['cycle'] = cycle;
        return cycle;
      },
    }),
    'toJSON that is no function': () => ({ toJSON: 'text', a: 1 }),
    'toJSON getter that throws': () => Object.defineProperty({ a: 1 }, 'toJSON', { get: boom }),
    'toJSON in the prototype that throws': () => Object.create({ toJSON: boom }) as unknown,
    'Date whose toISOString throws': () => Object.assign(new Date(0), { toISOString: boom, toJSON: boom }),
    'Date whose getTime lies': () => Object.assign(new Date(0), { getTime: () => 'yesterday' }),
    'toString that throws': () => ({ toString: boom, valueOf: boom }),
    'toPrimitive that throws': () => ({ [Symbol.toPrimitive]: boom }),
    'toStringTag that throws': () => Object.defineProperty({ a: 1 }, Symbol.toStringTag, { get: boom }),
    'toStringTag that says Error': () => ({ [Symbol.toStringTag]: 'Error', a: 1 }),
    'inspect that throws': () => ({ [Symbol.for('nodejs.util.inspect.custom')]: boom }),
    'iterator that throws': () => ({ [Symbol.iterator]: boom }),
    'iterator that never ends': () => ({
      [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }),
    }),
    'Map whose entries throw': () =>
      Object.assign(new Map([['a', 1]]), { entries: boom, [Symbol.iterator]: boom, forEach: boom }),
    'Set whose iterator never ends': () =>
      Object.defineProperty(
        Object.assign(new Set([1]), {
          [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }),
          values: boom,
        }),
        'size',
        { value: -1 },
      ),
    'Map whose size lies': () => Object.defineProperty(new Map([['a', 1]]), 'size', { get: boom }),
    'subclass of Map that throws': () =>
      new (class extends Map<string, number> {
        override entries(): never {
          return boom();
        }
        override get size(): never {
          return boom();
        }
      })(),
    'array whose items throw': () => Object.defineProperty([1, 2, 3], 1, { get: boom, enumerable: true }),
    'array whose methods throw': () =>
      Object.assign([1, 2], { map: boom, slice: boom, join: boom, forEach: boom }),
    'typed array whose length lies': () => Object.defineProperty(new Uint8Array(4), 'length', { get: boom }),
    'typed array whose subarray throws': () =>
      Object.defineProperty(new Uint8Array(4), 'subarray', { value: boom }),
    'Buffer whose toString and toJSON throw': () =>
      Object.assign(Buffer.from('text'), { toString: boom, toJSON: boom }),
    'RegExp whose source throws': () => Object.defineProperty(/a/, 'source', { get: boom }),
    'Promise without a constructor': () =>
      Object.defineProperty(Promise.resolve(), 'constructor', { value: undefined }),
    'constructor that throws': () => Object.defineProperty({ a: 1 }, 'constructor', { get: boom }),
    'function whose name throws': () => Object.defineProperty(() => {}, 'name', { get: boom }),
    'function whose name is an object': () => Object.defineProperty(() => {}, 'name', { value: {} }),
    'Proxy without traps': () => new Proxy({ a: 1 }, {}),
    'Proxy whose get throws': () => new Proxy({ a: 1 }, { get: boom }),
    'Proxy whose has throws': () => new Proxy({ a: 1 }, { has: boom }),
    'Proxy whose ownKeys throws': () => new Proxy({ a: 1 }, { ownKeys: boom }),
    'Proxy whose getOwnPropertyDescriptor throws': () =>
      new Proxy({ a: 1 }, { getOwnPropertyDescriptor: boom }),
    'Proxy whose getPrototypeOf throws': () => new Proxy({ a: 1 }, { getPrototypeOf: boom }),
    'Proxy that throws in every trap': () =>
      new Proxy(
        { a: 1 },
        { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom, getOwnPropertyDescriptor: boom },
      ),
    'Proxy that has every key': () => new Proxy({}, { get: () => 'value', has: () => true }),
    'Proxy that answers every key with itself': () => {
      const self: object = new Proxy({ a: 1 }, { get: () => self });
      return self;
    },
    'Proxy that invents keys': () =>
      new Proxy(
        {},
        {
          ownKeys: () => ['a', 'b', '__proto__'],
          getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 1 }),
          get: (_target, key) => String(key),
        },
      ),
    'Proxy of an array that throws': () => new Proxy([1, 2, 3], { get: boom }),
    'Proxy of an array whose length is text': () =>
      new Proxy([1], { get: (target, key) => (key === 'length' ? 'long' : Reflect.get(target, key)) }),
    'Proxy of a Date': () => new Proxy(new Date(0), {}),
    'Proxy of a Map': () => new Proxy(new Map([['a', 1]]), {}),
    'Proxy of a function': () => new Proxy(() => {}, { get: boom, apply: boom }),
    'revoked Proxy': () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    'revoked Proxy of an array': () => {
      const { proxy, revoke } = Proxy.revocable([], {});
      revoke();
      return proxy;
    },
    'revoked Proxy inside': () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return { inside: [proxy], after: 1 };
    },
  }),
  ...heavy({
    'Proxy of an array whose length is 2^53': () =>
      new Proxy([1], { get: (target, key) => (key === 'length' ? 2 ** 53 : Reflect.get(target, key)) }),
  }),
];
