import { describe, expect, it } from 'vitest';
import { entryViolations } from './entry-validator.ts';

const LONE = '\ud800';

function entry(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const good: Record<string, unknown> = {
    id: '0123456789abcdef-1',
    level: 'INFO',
    message: '',
    timestamp: `${new Date().toISOString().slice(0, 23)}000Z`,
    service: 'shop',
    environment: 'test',
    host: 'localhost',
    pid: 1,
    thread_id: 'main',
    sdk_version: 'pino/1.2.3',
    ...fields,
  };
  return Object.fromEntries(Object.entries(good).filter(([, value]) => value !== undefined));
}

function nested(depth: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

function daysFromNow(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 23)}000Z`;
}

describe('entryViolations', () => {
  it.each<[string, Record<string, unknown>]>([
    ['nothing but what is required', {}],
    ['every column at its limit in code points', { module: '😀'.repeat(100), error_type: 'é'.repeat(255) }],
    ['extra twelve levels deep', { extra: nested(12) }],
    ['a message of 256 KiB', { message: 'x'.repeat(256 * 1024) }],
    ['null inside extra', { extra: { a: null } }],
  ])('accepts %s', (_name, fields) => {
    expect(entryViolations(entry(fields))).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a level in lower case', { level: 'error' }],
    ['no level', { level: undefined }],
    ['a message that is a number', { message: 1 }],
    ['null in a text column', { module: null }],
    ['null for extra', { extra: null }],
    ['a list for extra', { extra: [] }],
    ['an empty id', { id: '' }],
    ['an empty trace id', { trace_id: '' }],
    ['a number for thread_id', { thread_id: 0 }],
    ['a pid beyond int32', { pid: 2 ** 31 }],
    ['a pid with a fraction', { pid: 1.5 }],
    ['a pid that is text', { pid: '1' }],
    ['module of 101 characters', { module: '😀'.repeat(101) }],
    ['service of 151 characters', { service: 'x'.repeat(151) }],
    ['environment of 51 characters', { environment: 'x'.repeat(51) }],
    ['host of 256 characters', { host: 'x'.repeat(256) }],
    ['thread_id of 101 characters', { thread_id: 'x'.repeat(101) }],
    ['sdk_version of 31 characters', { sdk_version: 'x'.repeat(31) }],
    ['trace_id of 65 characters', { trace_id: 'x'.repeat(65) }],
    ['error_type of 256 characters', { error_type: 'x'.repeat(256) }],
    ['U+0000 in the message', { message: 'a\0b' }],
    ['U+0000 deep in extra', { extra: { a: [{ b: '\0' }] } }],
    ['U+0000 in a key of extra', { extra: { a: { '\0': 1 } } }],
    ['a lone surrogate in the message', { message: LONE }],
    ['a lone surrogate in a value of extra', { extra: { a: LONE } }],
    ['a lone surrogate in a key of extra', { extra: { [LONE]: 1 } }],
    ['a number that is not finite', { extra: { a: [Number.POSITIVE_INFINITY] } }],
    ['extra thirteen levels deep', { extra: nested(13) }],
    ['a timestamp of three digits', { timestamp: new Date().toISOString() }],
    ['a timestamp with an offset', { timestamp: '2026-11-22T10:00:00.000000+00:00' }],
    ['a day that does not exist', { timestamp: '2026-02-30T10:00:00.000000Z' }],
    ['a timestamp 32 days old', { timestamp: daysFromNow(-32) }],
    ['a timestamp two days ahead', { timestamp: daysFromNow(2) }],
    ['more to search than 256 KiB', { message: 'é'.repeat(100_000), error_message: 'é'.repeat(40_000) }],
    ['more than 512 KiB', { extra: { a: 'x'.repeat(512 * 1024) } }],
    ['a very long line of a stack', { stack_trace: `Error\n    at ${'('.repeat(3_000)}` }],
    ['a field the server does not know', { hostname: 'x' }],
  ])('refuses %s', (_name, fields) => {
    expect(entryViolations(entry(fields))).toHaveLength(1);
  });

  it.each([[null], ['entry'], [7], [[]]])('refuses %j in place of an entry', (value) => {
    expect(entryViolations(value)).toEqual(['the entry is no object']);
  });
});
