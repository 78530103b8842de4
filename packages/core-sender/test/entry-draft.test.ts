import { describe, expect, it } from 'vitest';
import { type EntryDraft, boundSearchText, draftToJson, shrinkJson } from '../src/entry/entry-draft.ts';
import type { Entry } from '../src/entry/entry.ts';
import { MAX_ENTRY_BYTES, MAX_SEARCH_BYTES } from '../src/entry/limits.ts';
import { encodedEntry } from './support.ts';

const KiB = 1024;
const MARK = /characters cut\]$/;

function written(draft: EntryDraft, maxBytes = MAX_ENTRY_BYTES): Entry {
  const json = draftToJson(draft, maxBytes);
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxBytes);
  expect(json.isWellFormed()).toBe(true);
  return JSON.parse(json) as Entry;
}

describe('boundSearchText', () => {
  it('leaves texts of exactly 256 KiB together alone', () => {
    const draft = { head: '', message: 'm'.repeat(128 * KiB), errorMessage: 'e'.repeat(128 * KiB) };
    const before = { ...draft };
    boundSearchText(draft);
    expect(draft).toEqual(before);
  });

  it('cuts the larger and leaves the smaller alone', () => {
    const draft = { head: '', message: 'm'.repeat(300 * KiB), errorMessage: 'e'.repeat(20 * KiB) };
    boundSearchText(draft);
    expect(draft.errorMessage).toBe('e'.repeat(20 * KiB));
    expect(draft.message).toMatch(MARK);
    expect(draft.message.length).toBeGreaterThan(235 * KiB);
  });

  it.each([
    ['both', 'm'.repeat(300 * KiB), 'e'.repeat(300 * KiB)],
    ['a text of three-byte characters', '漢'.repeat(100 * KiB), ''],
    ['a text of four-byte characters', '😀'.repeat(100 * KiB), 'e'],
  ])('brings %s under 256 KiB', (_what, message, errorMessage) => {
    const draft = { head: '', message, errorMessage };
    boundSearchText(draft);
    const bytes = Buffer.byteLength(draft.message) + Buffer.byteLength(draft.errorMessage);
    expect(bytes).toBeLessThanOrEqual(MAX_SEARCH_BYTES);
    expect(bytes).toBeGreaterThan(MAX_SEARCH_BYTES - 100);
    expect((draft.message + draft.errorMessage).isWellFormed()).toBe(true);
  });
});

describe('draftToJson', () => {
  it('writes the fields a draft has, and no others', () => {
    expect(written({ head: '"id":"x"', message: 'm' })).toEqual({ id: 'x', message: 'm' });
    expect(
      written({ head: '"id":"x"', message: 'm', errorMessage: '', stackTrace: 's', extra: '{"a":1}' }),
    ).toEqual({ id: 'x', message: 'm', error_message: '', stack_trace: 's', extra: { a: 1 } });
  });

  it('leaves an entry of exactly the limit alone', () => {
    const head = '"id":"x"';
    const overhead = `{${head},"message":""}`.length;
    const message = 'm'.repeat(MAX_ENTRY_BYTES - overhead);
    expect(written({ head, message }).message).toBe(message);
    expect(written({ head, message: `${message}m` }).message).toMatch(MARK);
  });

  it('cuts the largest part and leaves the others alone', () => {
    const entry = written({
      head: '"id":"x"',
      message: 'm'.repeat(100 * KiB),
      stackTrace: 's'.repeat(600 * KiB),
      extra: JSON.stringify({ a: 'x'.repeat(50 * KiB) }),
    });
    expect(entry.message).toBe('m'.repeat(100 * KiB));
    expect(entry.extra).toEqual({ a: 'x'.repeat(50 * KiB) });
    expect(entry.stack_trace).toMatch(MARK);
  });

  it('cuts a large extra step by step and keeps its small values', () => {
    const extra = JSON.stringify({ small: 1, big: 'x'.repeat(600 * KiB), last: 'kept' });
    const entry = written({ head: '"id":"x"', message: 'm', extra });
    expect(entry.extra).toMatchObject({
      small: 1,
      last: 'kept',
      big: expect.stringMatching(MARK) as unknown,
    });
  });

  it('puts a mark in place of an extra that cannot be cut to fit', () => {
    const extra = JSON.stringify(
      Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`${index}`.repeat(1_000), index])),
    );
    const entry = written({ head: '"id":"x"', message: 'm', extra }, 2 * KiB);
    expect(entry.extra).toEqual({
      tracehub_cut: expect.stringMatching(/^extra of \d+ bytes did not fit$/) as unknown,
    });
  });

  it.each([['\u0001'], ['"'], ['😀'], ['\0']])(
    'counts the bytes of the JSON, not of the text: %j',
    (unit) => {
      const entry = written({
        head: '"id":"x"',
        message: unit.repeat(120 * KiB),
        errorMessage: unit.repeat(120 * KiB),
        stackTrace: unit.repeat(64 * KiB),
        extra: JSON.stringify({ a: unit.repeat(50 * KiB) }),
      });
      expect(entry.message).toMatch(MARK);
    },
  );
});

describe('shrinkJson', () => {
  it('makes a finished entry smaller and keeps every field of bounded length', () => {
    const { json, bytes } = encodedEntry(1, {
      message: 'm'.repeat(50 * KiB),
      trace_id: 't',
      module: 'mod',
      error_type: 'E',
      error_message: 'e',
      stack_trace: 's',
      extra: { a: 1 },
    });
    const smaller = shrinkJson(json, Math.floor(bytes / 2)) ?? '';
    expect(Buffer.byteLength(smaller)).toBeLessThanOrEqual(bytes / 2);
    const { message, ...rest } = JSON.parse(smaller) as Entry;
    const { message: before, ...restBefore } = JSON.parse(json) as Entry;
    expect(rest).toEqual(restBefore);
    expect(message).toMatch(MARK);
    expect(before.startsWith(message.slice(0, 1_000))).toBe(true);
  });

  it('gives up when nothing is left to cut', () => {
    expect(shrinkJson(encodedEntry(1).json, 10)).toBeUndefined();
  });
});
