import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../src/exact-json.ts';

describe('parseExactJson', () => {
  it.each([
    ['{"a":12345678901234567890}', { a: '12345678901234567890' }],
    ['{"a":-9007199254740993}', { a: '-9007199254740993' }],
    ['{"a":[9007199254740991,9007199254740993]}', { a: [9007199254740991, '9007199254740993'] }],
    ['{"a":1234567890123456.5}', { a: 1234567890123456.5 }],
    ['{"a":12345678901234567e3}', { a: 12345678901234567e3 }],
    ['{"1234567890123456789":"12345678901234567890"}', { '1234567890123456789': '12345678901234567890' }],
    [
      '{"a":"\\"12345678901234567890","b":12345678901234567890}',
      { a: '"12345678901234567890', b: '12345678901234567890' },
    ],
    ['{"a":"\\\\","b":12345678901234567890}', { a: '\\', b: '12345678901234567890' }],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each([
    '{"a":12345678901234567890',
    '{"a":"12345678901234567890',
    '12345678901234567890,',
    '{"a":0012345678901234567890}',
  ])('refuses what JSON.parse refuses: %s', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('reads a very long string with as many escapes', () => {
    const value = { text: '\\"'.repeat(1_000_000), big: 1 };
    expect(parseExactJson(JSON.stringify(value).replace('"big":1', '"big":12345678901234567890'))).toEqual({
      ...value,
      big: '12345678901234567890',
    });
  });
});
