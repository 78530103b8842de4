import { describe, expect, it } from 'vitest';
import { cleanText, cutText, cutToBytes, quote, sliceText } from '../src/entry/text.ts';

describe('cleanText', () => {
  it.each([
    ['plain', 'plain'],
    ['a\0b\0', 'a\ufffdb\ufffd'],
    ['high \ud83d alone', 'high \ufffd alone'],
    ['low \ude00 alone', 'low \ufffd alone'],
    ['swapped \ude00\ud83d', 'swapped \ufffd\ufffd'],
    ['pair \ud83d\ude00', 'pair \ud83d\ude00'],
    ['\u0001\u2028\ufeff', '\u0001\u2028\ufeff'],
  ])('of %j is %j', (text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });
});

describe('sliceText', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abc', 2, 'ab'],
    ['a😀', 2, 'a'],
    ['a😀', 3, 'a😀'],
    ['😀😀', 3, '😀'],
    ['😀', 0, ''],
  ])('never splits a surrogate pair: %j at %i', (text, length, expected) => {
    expect(sliceText(text, length)).toBe(expected);
  });
});

describe('cutText', () => {
  it('leaves what fits alone and says how much it cuts', () => {
    expect(cutText('abcde', 5)).toBe('abcde');
    expect(cutText('abcdef', 5)).toBe('abcde… [1 characters cut]');
    expect(cutText('abcd😀f', 5)).toBe('abcd… [3 characters cut]');
  });
});

describe('cutToBytes', () => {
  it.each([['x'], ['é'], ['漢'], ['😀'], ['a😀é漢']])(
    'keeps a text of %s within its bytes, whole characters',
    (unit) => {
      const text = unit.repeat(2_000);
      for (const bytes of [100, 101, 102, 103, 104, 999]) {
        const cut = cutToBytes(text, bytes);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut).not.toContain('\ufffd');
        const [, kept = '', count] = /^(.*)… \[(\d+) characters cut\]$/.exec(cut) ?? [];
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.length + Number(count)).toBe(text.length);
        expect(Buffer.byteLength(kept)).toBeGreaterThan(bytes - 45);
      }
    },
  );

  it('leaves a text that just fits alone', () => {
    expect(cutToBytes('é'.repeat(50), 100)).toBe('é'.repeat(50));
    expect(cutToBytes('é'.repeat(51), 100)).toContain('characters cut');
  });
});

describe('quote', () => {
  it('writes strict JSON of the cleaned text', () => {
    expect(quote('a"\n\0\ud800\u2028')).toBe('"a\\"\\n\ufffd\ufffd\u2028"');
  });
});
