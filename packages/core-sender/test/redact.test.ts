import { describe, expect, it } from 'vitest';
import { Enricher } from '../src/entry/enricher.ts';
import type { AdapterProfile } from '../src/entry/record.ts';
import { FakeClock } from './fake-clock.ts';
import { CENSOR, SECRET, redacted } from './redacting.ts';
import { optionsWith, seenWarnings } from './support.ts';

class Account {
  readonly id = 7;
  readonly password = SECRET;
  get shown(): string {
    return 'a getter of the class';
  }
}

function withGetter(): object {
  return Object.defineProperty({ id: 7 }, 'password', { get: () => SECRET, enumerable: true });
}

describe('the value a path names is replaced', () => {
  it.each<[what: string, path: string, fields: () => object, extra: object]>([
    ['at the top', 'password', () => ({ password: SECRET, id: 7 }), { password: CENSOR, id: 7 }],
    [
      'deeper',
      'user.password',
      () => ({ user: { password: SECRET, id: 7 } }),
      { user: { password: CENSOR, id: 7 } },
    ],
    [
      'under a quoted key',
      'req.headers["x-api.key"]',
      () => ({ req: { headers: { 'x-api.key': SECRET, host: 'a' } } }),
      { req: { headers: { 'x-api.key': CENSOR, host: 'a' } } },
    ],
    [
      'under any key',
      '*.token',
      () => ({ a: { token: SECRET, id: 1 }, b: { token: { deep: SECRET } }, c: 'text' }),
      { a: { token: CENSOR, id: 1 }, b: { token: CENSOR }, c: 'text' },
    ],
    [
      'in every item',
      'items[*].card',
      () => ({ items: [{ card: SECRET, sku: 1 }, 'text', { card: SECRET }] }),
      { items: [{ card: CENSOR, sku: 1 }, 'text', { card: CENSOR }] },
    ],
    ['in one item', 'items[1]', () => ({ items: ['a', SECRET] }), { items: ['a', CENSOR] }],
    [
      'in the items of items',
      'orders[*].lines[*].card',
      () => ({ orders: [{ lines: [{ card: SECRET, n: 1 }] }] }),
      { orders: [{ lines: [{ card: CENSOR, n: 1 }] }] },
    ],
    [
      'of a class with a getter',
      'user.password',
      () => ({ user: new Account() }),
      { user: { id: 7, password: CENSOR } },
    ],
    [
      'that an own getter gives',
      'user.password',
      () => ({ user: withGetter() }),
      { user: { id: 7, password: CENSOR } },
    ],
    [
      'that toJSON gives',
      'user.password',
      () => ({ user: { toJSON: () => ({ password: SECRET, id: 7 }) } }),
      { user: { password: CENSOR, id: 7 } },
    ],
    [
      'of a Map',
      'user.password',
      () => ({
        user: new Map<string, unknown>([
          ['password', SECRET],
          ['id', 7],
        ]),
      }),
      { user: { password: CENSOR, id: 7 } },
    ],
    ['of a Set', 'codes[*]', () => ({ codes: new Set([SECRET]) }), { codes: [CENSOR] }],
    ['that is bytes', 'key', () => ({ key: Buffer.from(SECRET), id: 7 }), { key: CENSOR, id: 7 }],
    [
      'of a Proxy that answers once only',
      'user.password',
      () => {
        let reads = 0;
        const get = (): unknown => (reads++ === 0 ? 'harmless' : SECRET);
        return {
          user: new Proxy({ password: 1 }, { get: (_, key) => (key === 'password' ? get() : undefined) }),
        };
      },
      { user: { password: CENSOR } },
    ],
    [
      'that a getter threw',
      'user.password',
      () => ({
        user: {
          get password() {
            throw new Error(SECRET);
          },
        },
      }),
      { user: { password: CENSOR } },
    ],
    [
      'of a field extra, as given',
      'extra.password',
      () => ({ extra: { password: SECRET, id: 7 } }),
      { password: CENSOR, id: 7 },
    ],
    [
      'of a field extra, as what it becomes',
      'user.password',
      () => ({ extra: { user: { password: SECRET, id: 7 } } }),
      { user: { password: CENSOR, id: 7 } },
    ],
    [
      'of an error among the fields',
      'job.failure.token',
      () => ({
        job: { failure: Object.assign(new Error('m'), { stack: 's', token: SECRET, id: 7 }), name: 'n' },
      }),
      { job: { failure: { type: 'Error', message: 'm', stack: 's', token: CENSOR, id: 7 }, name: 'n' } },
    ],
  ])('%s: %s', (_what, path, fields, extra) => {
    expect(redacted([path], { fields: fields() }).extra).toEqual(extra);
  });

  it('beside a key __proto__, which changes nothing but its own name', () => {
    const extra = JSON.parse(
      `{"__proto__":{"password":"${SECRET}","id":1},"id":7,"password":"${SECRET}"}`,
    ) as object;
    const entry = redacted(['password', '*.password'], { fields: { extra } });
    expect(entry.extra).toEqual({ '[__proto__]': { password: CENSOR, id: 1 }, id: 7, password: CENSOR });
    expect(Object.prototype).not.toHaveProperty('id');
  });

  it('where a wildcard and a name meet', () => {
    const fields = { a: { b: SECRET, x: { token: SECRET, id: 1 } }, c: { x: { token: SECRET } } };
    const copy = structuredClone(fields);
    expect(redacted(['a.b', '*.x.token'], { fields }).extra).toEqual({
      a: { b: CENSOR, x: { token: CENSOR, id: 1 } },
      c: { x: { token: CENSOR } },
    });
    expect(fields).toEqual(copy);
  });

  it('by the given censor', () => {
    const redact = { paths: ['password'], censor: 'xxx' };
    expect(redacted(redact, { fields: { password: SECRET, id: 7 } }).extra).toEqual({
      password: 'xxx',
      id: 7,
    });
  });

  it('by nothing with remove', () => {
    const fields = { password: SECRET, codes: [1, SECRET], id: 7 };
    expect(redacted({ paths: ['password', 'codes[1]'], remove: true }, { fields }).extra).toEqual({
      codes: [1, null],
      id: 7,
    });
  });

  it('and the record itself is left as it is', () => {
    const fields = { user: { password: SECRET }, extra: { token: SECRET } };
    redacted(['user.password', 'token'], { fields });
    expect(fields).toEqual({ user: { password: SECRET }, extra: { token: SECRET } });
  });
});

describe('a column', () => {
  it.each([
    ['module', 'module'],
    ['trace_id', 'trace_id'],
    ['thread_id', 'thread_id'],
    ['error_type', 'error_type'],
    ['error_message', 'error_message'],
    ['stack_trace', 'stack_trace'],
    ['component', 'module'],
    ['hostname', 'host'],
  ] as const)('is redacted by the name of its field: %s', (path, column) => {
    const profile = { moduleKeys: ['module', 'component'], hostKey: 'hostname' };
    const fields = { [path]: SECRET, err: new Error('m') };
    expect(redacted([path], { fields }, profile)).toHaveProperty(column, CENSOR);
  });

  it.each<[path: string, message: unknown, expected: string]>([
    ['message', SECRET, CENSOR],
    ['msg', SECRET, CENSOR],
    ['text', SECRET, CENSOR],
    ['msg.password', { password: SECRET, id: 7 }, `{"password":"${CENSOR}","id":7}`],
    ['*.password', { password: SECRET, id: 7 }, `{"password":"${CENSOR}","id":7}`],
    ['password', { password: SECRET, id: 7 }, `{"password":"${CENSOR}","id":7}`],
    ['user.password', { user: { password: SECRET } }, `{"user":{"password":"${CENSOR}"}}`],
    ['users[*].password', { users: [{ password: SECRET }] }, `{"users":[{"password":"${CENSOR}"}]}`],
  ])('for the message is redacted by any of its names: %s', (path, message, expected) => {
    const record = { message, fields: { text: message }, used: new Set(['text']) };
    expect(redacted([path], record).message).toBe(expected);
  });

  it('for the time is redacted where it is kept in extra', () => {
    const time = { password: SECRET };
    const { extra } = redacted(['time.password'], { time, fields: { time }, used: new Set(['time']) });
    expect(extra).toEqual({ original_timestamp: { password: CENSOR } });
  });

  it('keeps the time and the length of the message', () => {
    const time = new Date('2026-11-22T09:00:00.123Z');
    const message = 'x'.repeat(200 * 1024);
    expect(redacted(['password'], { time, message })).toMatchObject({
      timestamp: '2026-11-22T09:00:00.123000Z',
      message,
    });
  });
});

describe('redaction that fails', () => {
  /** A library that throws cannot be had; an object nothing can be read of comes nearest. */
  const unreadable = (): object =>
    new Proxy(
      { password: SECRET },
      {
        ownKeys() {
          throw new Error(SECRET);
        },
      },
    );

  it('sends the message alone and warns once, without the value', () => {
    const { all, emit } = seenWarnings();
    const profile: AdapterProfile = { sdkVersion: 'test/1.0.0', emitWarning: emit };
    const enricher = new Enricher(optionsWith({ redact: ['password'] }), profile, new FakeClock());
    for (const seq of [1, 2]) {
      const record = { message: 'm', fields: unreadable(), error: new Error(SECRET), time: SECRET };
      const { json } = enricher.encode({ level: 'ERROR', ...record }, seq);
      expect(json).not.toContain(SECRET);
      expect(JSON.parse(json)).toMatchObject({
        level: 'ERROR',
        message: 'm',
        extra: { tracehub_withheld: '[not sent: the redaction failed]' },
      });
    }
    expect(all).toEqual([
      {
        code: 'TRACEHUB_REDACT',
        message: 'a record could not be redacted: only its message is sent',
      },
    ]);
  });

  it('holds the message against the paths all the same', () => {
    const { message } = redacted(['msg'], { message: SECRET, fields: unreadable() });
    expect(message).toBe(CENSOR);
    expect(redacted(['a'], { message: { b: SECRET }, fields: unreadable() }).message).toBe(
      '[not sent: the redaction failed]',
    );
  });
});
