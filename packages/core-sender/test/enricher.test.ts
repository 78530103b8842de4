import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Enricher } from '../src/entry/enricher.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import type { Entry } from '../src/entry/entry.ts';
import type { AdapterProfile, LogRecord } from '../src/entry/record.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { runWithTraceId } from '../src/trace.ts';
import { FakeClock } from './fake-clock.ts';
import { optionsWith } from './support.ts';

const PROFILE: AdapterProfile = { sdkVersion: 'test/1.0.0' };

function encode(
  record: Partial<LogRecord>,
  profile: Partial<AdapterProfile> = {},
  options: SenderOptions = {},
): EncodedEntry {
  const enricher = new Enricher(optionsWith(options), { ...PROFILE, ...profile }, new FakeClock());
  return enricher.encode({ level: 'INFO', message: 'm', ...record }, 1);
}

function entryOf(...given: Parameters<typeof encode>): Entry {
  return JSON.parse(encode(...given).json) as Entry;
}

describe('every entry', () => {
  it('has the static fields and nothing that is null', () => {
    expect(entryOf({})).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}-1$/) as unknown,
      level: 'INFO',
      message: 'm',
      timestamp: '2026-11-22T10:00:00.000000Z',
      service: 'shop',
      environment: 'test',
      host: hostname(),
      pid: process.pid,
      thread_id: expect.stringMatching(/^(main|worker-\d+)$/) as unknown,
      sdk_version: 'test/1.0.0',
    });
  });

  it('says its own size, year and age', () => {
    const entry = encode({ message: '漢字' });
    expect(entry).toMatchObject({
      seq: 1,
      bytes: Buffer.byteLength(entry.json),
      year: 2026,
      acceptedAt: 1_000,
    });
  });

  it('has an id that no other sender mints', () => {
    expect(entryOf({}).id).not.toBe(entryOf({}).id);
  });

  it('has an issue key exactly when it is ERROR or FATAL', () => {
    const keys = (['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const).map(
      (level) => encode({ level }).issueKey,
    );
    expect(keys).toEqual([undefined, undefined, undefined, 'm\nm', 'm\nm']);
  });

  it('carries its id in extra when asked to', () => {
    const entry = entryOf({ fields: { a: 1 } }, {}, { idInExtra: true });
    expect(entry.extra).toEqual({ a: 1, tracehub_id: entry.id });
  });
});

describe('limits of the columns', () => {
  const at = (limit: number): [string, string] => ['é'.repeat(limit + 1), 'é'.repeat(limit)];
  it.each([
    ['module', 100, (text: string) => entryOf({ fields: { module: text } })],
    ['trace_id', 64, (text: string) => entryOf({ fields: { trace_id: text } })],
    ['thread_id', 100, (text: string) => entryOf({ fields: { thread_id: text } })],
    ['error_type', 255, (text: string) => entryOf({ fields: { error_type: text } })],
    ['host', 255, (text: string) => entryOf({ fields: { hostname: text } }, { hostKey: 'hostname' })],
    ['service', 150, (text: string) => entryOf({}, {}, { service: text })],
    ['environment', 50, (text: string) => entryOf({}, {}, { environment: text })],
    ['sdk_version', 30, (text: string) => entryOf({}, { sdkVersion: text })],
  ] as const)('hold for %s: %i', (field, limit, make) => {
    const [long, cut] = at(limit);
    expect(make(cut)[field]).toBe(cut);
    expect(make(long)[field]).toBe(cut);
    const pairs = make(`x${'😀'.repeat(limit)}`)[field] ?? '';
    expect(pairs.isWellFormed()).toBe(true);
    expect(Array.from(pairs).length).toBeLessThanOrEqual(limit);
  });

  it('are not passed by U+0000 or a lone surrogate', () => {
    const text = 'a\0b\ud800';
    const entry = entryOf({ fields: { module: text, trace_id: text, thread_id: text, error_type: text } });
    const clean = 'a\ufffdb\ufffd';
    expect(entry).toMatchObject({ module: clean, trace_id: clean, thread_id: clean, error_type: clean });
  });

  it('hold for the whole entry and for its searchable text', () => {
    const { json, bytes } = encode({
      message: 'm'.repeat(400_000),
      fields: { error_message: 'e'.repeat(400_000), big: ['x'.repeat(100_000), 'y'.repeat(100_000)] },
    });
    expect(bytes).toBeLessThanOrEqual(512 * 1024);
    const { message, error_message = '' } = JSON.parse(json) as Entry;
    expect(Buffer.byteLength(message) + Buffer.byteLength(error_message)).toBeLessThanOrEqual(256 * 1024);
  });
});

describe('known fields', () => {
  it('go to their columns and not to extra', () => {
    const known = { module: 'mod', trace_id: 't1', error_type: 'E', error_message: 'em', stack_trace: 'st' };
    const entry = entryOf({ fields: { ...known, thread_id: 7, rest: 1 } });
    expect(entry).toMatchObject({ ...known, thread_id: '7' });
    expect(entry.extra).toEqual({ rest: 1 });
  });

  it.each<[unknown]>([[''], [null], [{ a: 1 }], [undefined], [[]]])(
    'stay in extra when they are no text: %j',
    (value) => {
      const entry = entryOf({ fields: { module: value, trace_id: value } });
      expect(entry).not.toHaveProperty('module');
      expect(entry).not.toHaveProperty('trace_id');
      expect(entry.extra).toEqual(value === undefined ? undefined : { module: value, trace_id: value });
    },
  );

  it('are looked for under the names of the adapter, the first that has a value wins', () => {
    const fields = { module: '', label: 'second', name: 'third' };
    const entry = entryOf({ fields }, { moduleKeys: ['module', 'label', 'name'] });
    expect(entry.module).toBe('second');
    expect(entry.extra).toEqual({ module: '', name: 'third' });
  });

  it('that the adapter has used do not appear again', () => {
    expect(entryOf({ fields: { time: 1, a: 2 }, used: new Set(['time']) }).extra).toEqual({ a: 2 });
  });

  it.each<[pid: unknown, isUsed: boolean]>([
    [0, true],
    [2_147_483_647, true],
    [2_147_483_648, false],
    [-1, false],
    [1.5, false],
    ['5', false],
    [null, false],
  ])('take pid %j only as an int32: %s', (pid, isUsed) => {
    const entry = entryOf({ fields: { pid } }, { pidKey: 'pid' });
    expect(entry.pid).toBe(isUsed ? pid : process.pid);
    expect(entry.extra).toEqual(isUsed ? undefined : { pid });
  });

  it('take the host of the record where the logger writes one', () => {
    expect(entryOf({ fields: { hostname: 'other' } }, { hostKey: 'hostname' })).toMatchObject({
      host: 'other',
    });
    expect(entryOf({ fields: { hostname: 'other' } })).toMatchObject({
      host: hostname(),
      extra: { hostname: 'other' },
    });
  });
});

describe('the trace id', () => {
  it('is that of the record, else that of the context', () => {
    expect(runWithTraceId('context', () => entryOf({})).trace_id).toBe('context');
    expect(runWithTraceId('context', () => entryOf({ fields: { trace_id: 'own' } })).trace_id).toBe('own');
    expect(entryOf({})).not.toHaveProperty('trace_id');
  });
});

describe('the message', () => {
  const circular: Record<string, unknown> = { a: 1 };
  circular['self'] = circular;
  it.each<[message: unknown, text: string]>([
    ['', ''],
    [undefined, ''],
    [null, ''],
    [5, '5'],
    [5n, '5'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [{ a: 1n }, '{"a":"1"}'],
    [[1, [2]], '[1,[2]]'],
    [circular, '{"a":1,"self":"[Circular]"}'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [() => {}, '[Function: anonymous]'],
    ['a\0\ud800', 'a\ufffd\ufffd'],
  ])('is always text: %s', (message, text) => {
    expect(entryOf({ message }).message).toBe(text);
  });

  it('is that of the error when there is none', () => {
    expect(entryOf({ message: undefined, error: new Error('boom') }).message).toBe('boom');
  });
});

describe('an error', () => {
  it('fills the columns, whether handed over or found among the fields', () => {
    const error = Object.assign(new TypeError('boom'), { code: 'E1' });
    for (const record of [{ error }, { fields: { err: error } }, { fields: { exception: error } }]) {
      const entry = entryOf({ level: 'ERROR', ...record });
      expect(entry).toMatchObject({
        error_type: 'TypeError',
        error_message: 'boom',
        extra: { error: { code: 'E1' } },
      });
      expect(entry.stack_trace).toMatch(/^TypeError: boom\n {4}at .*\(.+:\d+\) \[\d+:\d+\]/);
      expect(Object.keys(entry.extra ?? {})).toEqual(['error']);
    }
  });

  it('leaves a field of that name in extra when it is none', () => {
    const entry = entryOf({ fields: { err: 'text', error: new Error('real') } });
    expect(entry).toMatchObject({ error_message: 'real', extra: { err: 'text' } });
  });

  it('is overruled by explicit fields', () => {
    const fields = { err: new Error('boom'), error_type: 'T', error_message: 'M', stack_trace: 'S' };
    expect(entryOf({ fields })).toMatchObject({ error_type: 'T', error_message: 'M', stack_trace: 'S' });
  });

  it('without a frame has its stack in extra', () => {
    const error = Object.defineProperty(new Error('m'), 'stack', { value: 'Error: m\n    at native' });
    const entry = entryOf({ error });
    expect(entry).not.toHaveProperty('stack_trace');
    expect(entry.extra).toEqual({ stack: 'Error: m\n    at native' });
  });
});

describe('extra', () => {
  it('spreads a field extra that is a plain object, which wins over a field of the same name', () => {
    expect(entryOf({ fields: { a: 1, b: 2, extra: { b: 3, c: 4 } } }).extra).toEqual({ a: 1, b: 3, c: 4 });
    const bare = Object.assign(Object.create(null), { x: 1 }) as object;
    expect(entryOf({ fields: { extra: bare } }).extra).toEqual({ x: 1 });
  });

  it.each<[unknown, unknown]>([
    ['text', 'text'],
    [[1], [1]],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Map([['a', 1]]), { a: 1 }],
    [null, null],
  ])('keeps a field extra that is no plain object: %j', (extra, expected) => {
    expect(entryOf({ fields: { extra } }).extra).toEqual({ extra: expected });
  });

  it('keeps what the app wrote apart from what the sender adds', () => {
    const error = Object.assign(new Error('m'), { code: 1 });
    const entry = entryOf(
      { error, fields: { extra: { error: 'mine' }, tracehub_id: 'mine' } },
      {},
      { idInExtra: true },
    );
    expect(entry.extra).toEqual({
      error: 'mine',
      tracehub_error: { code: 1 },
      tracehub_id: 'mine',
      tracehub_tracehub_id: entry.id,
    });
  });

  it('keeps the time of a record that is not used', () => {
    expect(entryOf({ time: 'soon' }).extra).toEqual({ original_timestamp: 'soon' });
    expect(entryOf({ time: 0 }).extra).toEqual({ original_timestamp: 0 });
  });

  it('is left out when there is nothing to say', () => {
    expect(entryOf({ fields: { extra: {} } })).not.toHaveProperty('extra');
  });

  it('has a mark when the record cannot be listed', () => {
    const fields = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no');
        },
      },
    );
    expect(entryOf({ fields }).extra).toEqual({ tracehub_unreadable: 'no' });
  });

  it('is read during the call and never written to', () => {
    const fields = Object.freeze({ nested: { a: 1 }, extra: Object.freeze({ b: 1 }) });
    const { json } = encode({ fields });
    fields.nested.a = 2;
    expect((JSON.parse(json) as Entry).extra).toEqual({ nested: { a: 1 }, b: 1 });
  });
});
