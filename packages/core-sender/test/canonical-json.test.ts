import { describe, expect, it } from 'vitest';
import { CanonicalJson } from '../src/entry/canonical-json.ts';

/** Whether the text is recognised, all of it, as a value in as many containers. */
function isRecognised(text: string, depth = 1): boolean {
  const bytes = Buffer.from(`${text}\n`);
  return new CanonicalJson('stack').endOfValue(bytes, 0, depth) === bytes.length - 1;
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

const RECOGNISED = [
  '0 7 -7 123456789012345 9007199254740991 1.5 -0.25 0.001 0.30000000000000004 1e-7 1.5e+300 true false null',
  '[] {} [1,"a",null] {"a":{"b":[{}]},"c":1} "" "é中🐢" {"größe":1,"":2} "\u007f"',
  String.raw`"\"\\\b\f\n\r\t\u0001\u001f"`,
];

const NOT_RECOGNISED = [
  '-0 01 1.0 1. .5 +1 - 1e5 1E5 0.0000001 1e400 9007199254740993 1e+21x nul True NaN [1,] [,1] {"a":1,} {a:1} {"a"} [1',
  '{"a":1 " "a {"a":1,"a":2} {"b":{"a":1,"a":1}} {"1":1} "\u0000"',
  String.raw`"\/" "\u0041" "\u000a" "\u001F" "\u0000" "\ud83d\udc22" "\ud83d" "\x" "\u00" {"a\n":1}`,
];

const words = (texts: readonly string[]): string[] => texts.flatMap((text) => text.split(' '));

describe('canonical JSON', () => {
  it.each([...words(RECOGNISED), '"a b"', '"\u2028"'])('is recognised: %s', (text) => {
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
    expect(isRecognised(text)).toBe(true);
  });

  it.each([...words(NOT_RECOGNISED), '', '[1 ,2]', '{"a": 1}', '"\t"'])('is not recognised: %s', (text) => {
    expect(isRecognised(text)).toBe(false);
  });

  it('goes as deep as `extra` may', () => {
    expect(isRecognised(nested(11))).toBe(true);
    expect(isRecognised(nested(12))).toBe(false);
    expect(isRecognised(nested(12), 0)).toBe(true);
  });

  it('tells of a key that is watched, at any depth', () => {
    const json = new CanonicalJson('stack');
    const read = (text: string): boolean => {
      json.reset();
      json.endOfValue(Buffer.from(`${text}\n`), 0, 1);
      return json.isWatchedKeyMet;
    };
    expect(read('{"a":[{"stack":1}]}')).toBe(true);
    expect(read('{"a":"stack","stacks":1}')).toBe(false);
  });

  it('looks through so many keys for one that is there twice, and no more', () => {
    const keys = (count: number): string => Array.from({ length: count }, (_, n) => `"k${n}":0`).join(',');
    expect(isRecognised(`{${keys(64)}}`)).toBe(true);
    expect(isRecognised(`{${keys(65)}}`)).toBe(false);
    expect(isRecognised(`{"a":{${keys(64)}},"b":{${keys(64)}}}`)).toBe(true);
  });
});
