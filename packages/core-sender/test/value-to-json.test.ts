import vm from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { EXTRA_LIMITS } from '../src/entry/entry-draft.ts';
import { type JsonLimits, objectToJson } from '../src/entry/value-to-json.ts';

function write(value: unknown, limits: Partial<JsonLimits> = {}): unknown {
  const json = objectToJson({ v: value }, { ...EXTRA_LIMITS, ...limits });
  return (JSON.parse(json) as { v: unknown }).v;
}

function holed(): unknown[] {
  const array: unknown[] = [];
  array[1] = 1;
  return array;
}

class Point {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('a value of each kind', () => {
  it.each<[kind: string, value: unknown, written: unknown]>([
    ['string', 'a', 'a'],
    ['U+0000 and a lone surrogate', 'a\0\ud800', 'a\ufffd\ufffd'],
    ['number', 1.5, 1.5],
    ['minus zero', -0, 0],
    ['a number beyond 2^53', 1e21, 1e21],
    ['NaN', Number.NaN, 'NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'Infinity'],
    ['-Infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['boolean', false, false],
    ['null', null, null],
    ['BigInt', 2n ** 70n, '1180591620717411303424'],
    ['symbol', Symbol('s'), 'Symbol(s)'],
    ['function', function named() {}, '[Function: named]'],
    ['nameless function', (() => () => {})(), '[Function: anonymous]'],
    ['undefined in an array', [undefined, 1], [null, 1]],
    ['a hole in an array', holed(), [null, 1]],
    ['Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['invalid Date', new Date(Number.NaN), 'Invalid Date'],
    ['RegExp', /a"b/g, '/a"b/g'],
    ['boxed number', Object(5), 5],
    ['boxed NaN', Object(Number.NaN), 'NaN'],
    ['boxed string', Object('a'), 'a'],
    ['boxed boolean', Object(false), false],
    ['Map with string keys', new Map([['a', 1n]]), { a: '1' }],
    ['Map with other keys', new Map<unknown, unknown>([[{ k: 1 }, 2]]), [[{ k: 1 }, 2]]],
    ['Set', new Set([1, 'b']), [1, 'b']],
    ['Buffer', Buffer.from('hi'), '<Buffer 6869 (2 bytes)>'],
    ['Uint8Array', new Uint8Array([1, 2]), [1, 2]],
    ['Float64Array', new Float64Array([Number.NaN, 0.5]), ['NaN', 0.5]],
    ['BigInt64Array', new BigInt64Array([7n]), ['7']],
    ['ArrayBuffer', new ArrayBuffer(2), '<ArrayBuffer 0000 (2 bytes)>'],
    ['DataView', new DataView(new ArrayBuffer(3), 1), '<DataView 0000 (2 bytes)>'],
    ['Promise', Promise.resolve(1), '[Promise]'],
    ['WeakMap', new WeakMap(), '[WeakMap]'],
    ['WeakRef', new WeakRef({}), '[WeakRef]'],
    ['URL', new URL('http://a.b/c'), 'http://a.b/c'],
    ['class with private fields', new Point(), { x: 1 }],
    ['object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['toJSON', { toJSON: () => ({ b: 2 }) }, { b: 2 }],
    ['toJSON that gives a Date', { toJSON: () => new Date(0) }, '1970-01-01T00:00:00.000Z'],
    ['toJSON that gives nothing', { toJSON: () => undefined }, null],
    [
      'foreign Error',
      vm.runInNewContext('new RangeError("far")'),
      expect.objectContaining({ type: 'RangeError' }),
    ],
  ])('is written: %s', (_kind, value, written) => {
    expect(write(value)).toEqual(written);
  });

  it('is left out as a property that is undefined or named by a symbol', () => {
    expect(objectToJson({ a: undefined, [Symbol('s')]: 1, b: 1 }, EXTRA_LIMITS)).toBe('{"b":1}');
  });

  it('is an own key like any other when it is called __proto__', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as object;
    expect(objectToJson(value, EXTRA_LIMITS)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it('has its keys cleaned too', () => {
    expect(write({ 'k\0\udc00': 1 })).toEqual({ 'k\ufffd\ufffd': 1 });
  });

  it('shows a long buffer in part', () => {
    expect(write(Buffer.alloc(65))).toBe(`<Buffer ${'00'.repeat(64)}… (65 bytes)>`);
  });
});

describe('an Error inside', () => {
  it('keeps type, message, stack, cause and own properties', () => {
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'E1' });
    expect(write(error)).toEqual({
      type: 'TypeError',
      message: 'outer',
      stack: error.stack,
      code: 'E1',
      cause: expect.objectContaining({ message: 'inner' }) as unknown,
    });
  });
});

describe('references', () => {
  it('that close a cycle are marked', () => {
    const value: Record<string, unknown> = { a: [] };
    value['self'] = value;
    (value['a'] as unknown[]).push(value);
    expect(write(value)).toEqual({ a: ['[Circular]'], self: '[Circular]' });
  });

  it('that are merely shared are written each time', () => {
    const shared = { s: 1 };
    expect(write({ a: shared, b: [shared, shared] })).toEqual({ a: { s: 1 }, b: [{ s: 1 }, { s: 1 }] });
  });

  it('that never end by new objects stop at the depth limit', () => {
    const endless = (): object => ({
      get next() {
        return endless();
      },
    });
    expect(depthOf(write(endless()))).toBe(11);
    const map = new Map<string, unknown>();
    map.set('self', map);
    expect(depthOf(write(map))).toBeLessThanOrEqual(11);
    const self = { toJSON: (): unknown => self, again: null as unknown };
    self.again = self;
    expect(depthOf(write(self))).toBeLessThanOrEqual(11);
  });
});

describe('depth', () => {
  it('is 12 at most, the outermost object included', () => {
    const nest = (levels: number): unknown => (levels === 0 ? 'leaf' : { n: nest(levels - 1) });
    expect(JSON.stringify(write(nest(11)))).toContain('leaf');
    const cut = JSON.stringify(write(nest(12)));
    expect(cut).not.toContain('leaf');
    expect(cut).toContain('[Object: deeper than 12 levels]');
    const list = (levels: number): unknown => (levels === 0 ? 'leaf' : [list(levels - 1)]);
    expect(JSON.stringify(write(list(12)))).toContain('[Array(1): deeper than 12 levels]');
    expect(depthOf(write(list(500)))).toBe(11);
  });
});

describe('reading', () => {
  it('happens once for each property', () => {
    const getter = vi.fn<() => string>(() => 'once');
    const toJson = vi.fn<() => number>(() => 1);
    write(Object.defineProperty({}, 'a', { get: getter, enumerable: true }));
    write({ toJSON: toJson });
    expect(getter).toHaveBeenCalledTimes(1);
    expect(toJson).toHaveBeenCalledTimes(1);
  });

  it.each<[what: string, value: unknown, written: unknown]>([
    [
      'a getter',
      {
        get a() {
          throw new Error('no');
        },
        b: 1,
      },
      { a: '[Getter threw: no]', b: 1 },
    ],
    [
      'a getter, null',
      {
        get a() {
          throw null;
        },
      },
      { a: '[Getter threw: null]' },
    ],
    [
      'toJSON',
      [
        {
          toJSON() {
            throw new Error('no');
          },
        },
        1,
      ],
      ['[Unreadable: no]', 1],
    ],
    [
      'a Proxy',
      [
        new Proxy(
          {},
          {
            ownKeys() {
              throw new Error('no');
            },
          },
        ),
        1,
      ],
      ['[Unreadable: no]', 1],
    ],
    [
      'an error that cannot be shown',
      {
        get a() {
          throw Object.create(null);
        },
      },
      { a: '[Getter threw: no message]' },
    ],
    [
      'toString of a tag',
      [
        {
          get [Symbol.toStringTag]() {
            throw new Error('no');
          },
        },
      ],
      ['[Unreadable: no]'],
    ],
  ])('never throws for %s that does', (_what, value, written) => {
    expect(write(value)).toEqual(written);
  });

  it('never throws for a revoked Proxy', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(write([proxy, 1])).toEqual([expect.stringMatching(/^\[Unreadable: .*revoked/), 1]);
  });

  it('does not ask a user-made iterator that never ends', () => {
    const endless = {
      *[Symbol.iterator]() {
        for (;;) yield 1;
      },
      a: 1,
    };
    expect(write(endless)).toEqual({ a: 1 });
  });
});

describe('limits', () => {
  it('cut a long string and say so', () => {
    expect(write('x'.repeat(101), { string: 100 })).toBe(`${'x'.repeat(100)}… [1 characters cut]`);
  });

  it('cut items and keys and say so', () => {
    expect(write([1, 2, 3, 4], { items: 2 })).toEqual([1, 2, '[2 more items cut]']);
    expect(write({ a: 1, b: 2, c: 3 }, { items: 2 })).toEqual({ a: 1, b: 2, '…': '[more keys cut]' });
  });

  it('cut the number of all values', () => {
    const json = JSON.stringify(
      write(
        Array.from({ length: 50 }, () => [1, 2, 3]),
        { values: 20 },
      ),
    );
    expect(json.match(/\b1\b/g)?.length).toBeLessThanOrEqual(7);
    expect(json).toContain('more items cut');
  });

  it('cut the text in all, yet hide no short neighbour', () => {
    const written = write(['x'.repeat(90), 'y'.repeat(90), 'short'], { text: 100 }) as string[];
    expect(written[0]).toBe('x'.repeat(90));
    expect(written[1]).toBe(`${'y'.repeat(64)}… [26 characters cut]`);
    expect(written[2]).toBe('short');
  });

  it('bound a huge sparse array', () => {
    const sparse: unknown[] = [];
    sparse.length = 2 ** 32 - 1;
    expect(write(sparse, { items: 3 })).toEqual([null, null, null, '[4294967292 more items cut]']);
  });
});
