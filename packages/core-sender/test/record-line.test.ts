import { isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { hostileRecords, hostileValues } from '../../../test/kit/hostile-values.ts';
import type { LogRecord } from '../src/entry/record.ts';
import { runWithTraceId } from '../src/trace.ts';
import { USED, cross, usual } from './crossing.ts';

beforeEach(() => {
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now);
  afterTest(() => void vi.restoreAllMocks());
});

describe('a plain record', () => {
  it('is the JSON of its fields behind a short head', () => {
    const time = new Date(Date.now());
    const { line, here, there } = cross(() =>
      usual({ a: 1, at: time, none: undefined, deep: [{ b: null }] }),
    );
    expect(line).toBe(
      `I {"level":30,"msg":"m","time":"${time.toISOString()}","a":1,"at":"${time.toISOString()}","deep":[{"b":null}]}`,
    );
    expect(there).toEqual(here);
  });

  it('brings the time of the call where it has none', () => {
    const fields = { msg: 'm' };
    const { line, here, there } = cross(() => ({ level: 'WARN', message: 'm', fields, used: USED }));
    expect(line).toBe(`W${Date.now()} {"msg":"m"}`);
    expect(there).toEqual(here);
  });

  it('brings the trace id of the call', () => {
    const { line, here, there } = runWithTraceId('trace-1', () => cross(() => usual({ a: 1 })));
    expect(line).toMatch(/^I trace-1\{"level"/);
    expect(there).toEqual(here);
  });

  it.each<[string, Partial<LogRecord>]>([
    ['a trace id that a head cannot hold', { traceId: 'a {b}' }],
    ['a trace id of other letters', { traceId: 'спан' }],
    ['no trace id, said so', { traceId: undefined }],
    ['no fields', { fields: undefined }],
    ['another message than in its fields', { message: 'other' }],
    ['a custom level', { used: new Set(['msg', 'time']) }],
    ['an error beside its fields', { error: new RangeError('r') }],
    ['an error for its message', { message: new RangeError('r') }],
    ['an error read out of a text', { error: { name: 'E', message: 'm', stack: 'E: m' }, errorKey: 'a' }],
    ['a stack of its own', { callerStack: '    at f (/a.js:1) [1:1]', fields: { exc_info: true } }],
    ['a time that is none', { time: 'soon' }],
    ['a time beyond what is stored', { time: new Date(0) }],
  ])('makes the same entry with %s', (_name, more) => {
    const { here, there } = cross(() => ({ ...usual({ a: 'x', extra: { b: 1 } }), ...more }));
    expect(there).toEqual(here);
  });
});

const READ_TWICE = ['trap: getter that gives another value each time', 'trap: getter that grows the object'];
const OWN_JSON = ['error: toJSON that throws', 'error: toJSON that gives itself'];

/** What differs, and is named in the README, by the place of the value. */
const DIFFERENT: Readonly<Record<string, readonly string[]>> = {
  'a field': READ_TWICE,
  'a field of a warning': OWN_JSON,
  'the message': OWN_JSON,
  'the error': OWN_JSON,
  extra: READ_TWICE,
  'the time': ['trap: toJSON that gives undefined'],
  'all fields': ['trap: Proxy that invents keys', 'record: module that throws'],
  'a field, redacted': READ_TWICE.slice(1),
  'extra, redacted': READ_TWICE,
  'all fields, redacted': [
    'trap: Proxy whose ownKeys throws',
    'trap: Proxy whose getOwnPropertyDescriptor throws',
    'trap: Proxy that throws in every trap',
    'trap: Proxy that invents keys',
    'trap: revoked Proxy',
    'trap: revoked Proxy of an array',
    'error: Proxy of an error that throws',
  ],
};

describe('every hostile value', () => {
  const places: Record<string, (value: unknown) => LogRecord> = {
    'a field': (value) => usual({ value }),
    'a field of a warning': (value) => usual({ deep: { value } }, 'WARN'),
    'the message': (value) => ({ ...usual({}), message: value }),
    'the error': (value) => ({ ...usual({ err: value }, 'ERROR'), error: value }),
    extra: (value) => usual({ extra: value, a: 1 }),
    'the time': (value) => ({ ...usual({}), time: value }),
    'all fields': (value) => ({
      ...usual({}),
      fields: typeof value === 'object' && value ? value : undefined,
    }),
  };

  /** Not the same twice, or too large for every place: `e2e/hostile` sends those. */
  const left = /globalThis|10 MB|million|1,000 objects/;
  const values = [...hostileValues, ...hostileRecords].filter(
    ({ name, isHeavy }) => !isHeavy && !left.test(name),
  );

  /** Names of the values that make another entry there. */
  function differing(place: (value: unknown) => LogRecord, redact?: readonly string[]): string[] {
    const isSame = (make: (typeof values)[number]['make']): boolean => {
      const { here, there } = cross(() => place(make(() => {})), redact);
      return isDeepStrictEqual(here, there);
    };
    return values.filter(({ make }) => !isSame(make)).map(({ name }) => name);
  }

  it.each(Object.entries(places))('makes the same entry as %s', { timeout: 60_000 }, (name, place) => {
    expect(differing(place)).toEqual(DIFFERENT[name] ?? []);
  });

  it.each(Object.entries(places))(
    'makes the same entry under redaction as %s',
    { timeout: 60_000 },
    (name, place) => {
      const paths = ['value.*', '*.password', 'err.message', 'time', 'msg.a'];
      expect(differing(place, paths)).toEqual(DIFFERENT[`${name}, redacted`] ?? []);
    },
  );
});
