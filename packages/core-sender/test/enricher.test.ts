import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/entry/entry.ts';
import { runWithTraceId } from '../src/trace.ts';
import { encode, entryOf } from './records.ts';

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

  it('is that of the log call, or none, where the adapter says so', () => {
    runWithTraceId('drained-here', () => {
      expect(entryOf({ traceId: 'logged-there' }).trace_id).toBe('logged-there');
      expect(entryOf({ traceId: undefined })).not.toHaveProperty('trace_id');
      expect(entryOf({ traceId: 'logged-there', fields: { trace_id: 'own' } }).trace_id).toBe('own');
      for (const redact of [['a'], ['trace_id']]) {
        expect(entryOf({ traceId: 'logged-there' }, {}, { redact }).trace_id).toBe('logged-there');
        expect(entryOf({ traceId: undefined }, {}, { redact })).not.toHaveProperty('trace_id');
      }
    });
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

  it.each([
    ['Error: m\n    at native', 'Error: m\n    at native'],
    ['Error: m\n    at run (node:internal/x:11:22)', 'Error: m\n    at run [node:internal/x:11:22]'],
  ])('without a frame the server counts has its stack in extra: %j', (value, stack) => {
    const entry = entryOf({ error: Object.defineProperty(new Error('m'), 'stack', { value }) });
    expect(entry).not.toHaveProperty('stack_trace');
    expect(entry.extra).toEqual({ stack });
  });
});
