import { Buffer } from 'node:buffer';
import { heavy, hostile, type HostileValue } from './hostile-value.ts';

/** Objects and arrays of unusual shape or size, and the built-ins that hold other values. */
export const containers: HostileValue[] = [
  ...hostile({
    'empty object': () => ({}),
    'empty array': () => [],
    'object that holds itself': () => {
      const self: Record<string, unknown> = { a: 1 };
      self['self'] = self;
      return self;
    },
    'array that holds itself': () => {
      const self: unknown[] = [1];
      self.push(self);
      return self;
    },
    'cycle through three objects': () => {
      const a: Record<string, unknown> = {};
      a['b'] = { c: { a } };
      return a;
    },
    'cycle through a Map and a Set': () => {
      const map = new Map<unknown, unknown>();
      map.set('set', new Set([map]));
      return map;
    },
    'one object in two places': () => {
      const shared = { a: 1 };
      return { left: shared, right: shared, list: [shared, shared] };
    },
    '13 levels deep': () => nestedObject(13),
    '250 levels deep': () => nestedObject(250),
    '250 arrays deep': () => nestedArray(250),
    '1,000 levels deep with siblings': () => {
      let value: unknown = 1;
      for (let level = 0; level < 1_000; level++) value = { value, sibling: [level, { level }] };
      return value;
    },
    'Map of text keys': () => new Map([['a', 1]]),
    'Map of object keys': () =>
      new Map<unknown, unknown>([
        [{ a: 1 }, { b: 2 }],
        [Symbol('key'), 3],
      ]),
    'Map with the key __proto__': () => new Map([['__proto__', { polluted: true }]]),
    'Map in its own key': () => {
      const map = new Map<unknown, unknown>();
      return map.set(map, map);
    },
    'Set of mixed values': () => new Set<unknown>([1, 'a', Number.NaN, {}]),
    WeakMap: () => new WeakMap(),
    WeakRef: () => new WeakRef({}),
    Promise: () => Promise.resolve(1),
    'pending Promise': () => new Promise(() => {}),
    RegExp: () => /a\/b\n/giu,
    'boxed values': () => [Object(1), Object('text'), Object(true), Object(1n), Object(Symbol('boxed'))],
    Buffer: () => Buffer.from('\0\xff\xfe', 'latin1'),
    'Buffer of invalid UTF-8': () => Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]),
    'Uint8Array of 16 KB': () => new Uint8Array(16 * 1024),
    'Float64Array of NaN': () => new Float64Array([Number.NaN, Number.POSITIVE_INFINITY, -0]),
    BigInt64Array: () => new BigInt64Array([-1n, 2n ** 63n - 1n]),
    ArrayBuffer: () => new ArrayBuffer(100),
    SharedArrayBuffer: () => new SharedArrayBuffer(100),
    DataView: () => new DataView(new ArrayBuffer(100), 10, 20),
    'detached ArrayBuffer': () => {
      const buffer = new ArrayBuffer(8);
      const view = new Uint8Array(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      return { buffer, view };
    },
    Date: () => new Date(0),
    'invalid Date': () => new Date(Number.NaN),
    'last Date there is': () => new Date(8.64e15),
    'first Date there is': () => new Date(-8.64e15),
    URL: () => new URL('http://user:secret@localhost/?q=1'),
    URLSearchParams: () => new URLSearchParams('a=1&a=2'),
    AbortSignal: () => AbortSignal.abort(),
    Event: () => new Event('click'),
    'process.env': () => process.env,
    arguments: () =>
      (function list(..._values: unknown[]) {
        // eslint-disable-next-line prefer-rest-params
        return arguments;
      })(1, 'a', {}),
    generator: () =>
      (function* endless() {
        for (;;) yield 1;
      })(),
    'array of undefined, functions and symbols': () => [undefined, () => {}, Symbol('s')],
    'array with properties': () => Object.assign([1, 2], { extra: 'x', [-1]: 'minus' }),
    'array of holes': () => Object.assign(Array.from({ length: 0 }), { 1: 1, 3: 2, length: 6 }),
    '20,000 items': () => Array.from({ length: 20_000 }, (_, n) => n),
    'list of nothing but nulls': () => Array.from({ length: 5_000 }, () => null),
    'frozen object': () => Object.freeze({ a: Object.freeze({ b: 1 }) }),
    'sealed array': () => Object.seal([1, 2]),
    'object without prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
    'object with values only in its prototype': () => Object.create({ inherited: 1 }) as unknown,
    'object whose prototype is a Proxy': () => Object.create(new Proxy({}, {})) as unknown,
    'own key __proto__': () =>
      JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') as unknown,
    'keys of Object.prototype': () => ({
      hasOwnProperty: 1,
      toString: 'x',
      valueOf: null,
      constructor: 'Object',
    }),
    'empty key': () => ({ '': 1 }),
    'keys that look like indices': () => ({ 4294967295: 1, '-1': 2, '1.5': 3, 0: 4 }),
    'key of U+0000': () => ({ '\0': 1, 'a\0b': { '\0': '\0' } }),
    'keys of lone surrogates': () => ({ '\ud800': 1, '\udc00': 2, ok: { 'a\ud800b': '\udc00' } }),
    'keys that become equal when cleaned': () => ({ '\ud800': 1, '\ud801': 2, '\ufffd': 3 }),
    'key of 20,000 characters': () => ({ ['k'.repeat(20_000)]: 1 }),
    'key of 1 MB': () => ({ ['k'.repeat(1024 * 1024)]: 1 }),
    'symbol keys': () => ({ [Symbol('a')]: 1, [Symbol.toStringTag]: 'Tagged' }),
    'keys that are not enumerable': () => Object.defineProperty({}, 'hidden', { value: 1 }),
    'names of columns': () => ({
      id: 1,
      level: [],
      message: {},
      service: null,
      timestamp: 'x',
      host: 0,
      extra: [],
    }),
    'class with private fields': () => new Private(),
    'instance of a class': () => new Account('a', 1),
    'WebAssembly memory': () =>
      new (globalThis as never as { WebAssembly: Wasm }).WebAssembly.Memory({ initial: 1 }),
    'Intl format': () => new Intl.NumberFormat('en'),
    'Atomics and Math': () => [Math, JSON, Reflect, Atomics],
    'an open stream': () => process.stdout,
  }),
  ...heavy({
    globalThis: () => globalThis,
    'shared references that double 60 times': () => {
      let value: unknown = { leaf: 1 };
      for (let level = 0; level < 60; level++) value = { left: value, right: value };
      return value;
    },
    '100,000 keys': () => Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key-${n}`, n])),
    '20,000 levels deep': () => nestedObject(20_000),
    '20,000 arrays deep': () => nestedArray(20_000),
    'sparse array of length 2^32 - 2': () => {
      const sparse: unknown[] = [];
      sparse.length = 2 ** 32 - 2;
      sparse[7] = 'here';
      return sparse;
    },
    'array of 1,000,000': () => Array.from({ length: 1_000_000 }, () => 1),
    'Map of 100,000': () => new Map(Array.from({ length: 100_000 }, (_, n) => [`key-${n}`, n])),
    '1,000 objects of 1,000 keys': () => {
      const row = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`key-${n}`, n]));
      return Array.from({ length: 1_000 }, () => ({ ...row }));
    },
  }),
];

interface Wasm {
  Memory: new (descriptor: { initial: number }) => object;
}

class Private {
  #secret = 'secret';
  visible = 1;
  get secret(): string {
    return this.#secret;
  }
}

class Account {
  readonly name: string;
  readonly balance: number;
  constructor(name: string, balance: number) {
    this.name = name;
    this.balance = balance;
  }
  describe(): string {
    return this.name;
  }
}

function nestedObject(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}

function nestedArray(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}
