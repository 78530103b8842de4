import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/entry/entry.ts';
import { countedFrames, issueKey, normaliseMessage } from '../src/entry/issue-key.ts';
import { encode } from './records.ts';

describe('normaliseMessage', () => {
  it.each([
    ['user 1 of 22', 'user ? of ?'],
    ['1.5 s', '?.? s'],
    ['22 s', '? s'],
    ['-1 is not 1', '-? is not ?'],
    ['at 0xDEADbeef now', 'at ? now'],
    ['id 3b241101-e2bb-4255-8caf-4136c566a962!', 'id ?!'],
    ['2026-11-22T10:00:00 and 2026-11-22 10:00:00.123Z', '? and ?.?Z'],
    ['  spaced 5 ', 'spaced ?'],
    ['hash deadbeef', 'hash deadbeef'],
  ])('of %j is %j', (message, expected) => {
    expect(normaliseMessage(message)).toBe(expected);
  });

  it('keeps the letters of an upper-case UUID, as the server does', () => {
    expect(normaliseMessage('3B241101-E2BB-4255-8CAF-4136C566A962')).not.toBe('?');
  });
});

describe('countedFrames', () => {
  it.each([
    ['    at fn (/app/a.js:10) [10:5]', ['fn /app/a.js']],
    ['at fn (/app/a.js:10:5)', ['fn /app/a.js:10']],
    ['at async fn (file:///app/a.mjs:3:1)', ['async fn file:///app/a.mjs:3']],
    ['at /app/a.js:10:5', []],
    ['at Array.map (<anonymous>)', []],
    ['at bad (thing:5)', ['bad thing']],
    ['  File "a.py", line 3, in f', ['f a.py']],
    ['Error: at fn (/a.js:1)', []],
  ])('of %j', (line, expected) => {
    expect(countedFrames(line)).toEqual(expected);
  });

  it('are the first five', () => {
    const stack = Array.from({ length: 9 }, (_, index) => `at f${index} (/a.js:1)`).join('\nnoise\n');
    expect(countedFrames(stack)).toEqual([0, 1, 2, 3, 4].map((index) => `f${index} /a.js`));
  });
});

describe('issueKey', () => {
  const stack = 'E: x\n    at f (/a.js:1) [1:2]';

  it('is equal for one type and the same frames, whatever message, line and column', () => {
    expect(issueKey('a', 'E', stack)).toBe(issueKey('b', 'E', 'E: y\n    at f (/a.js:9) [9:9]'));
  });

  it('differs by type, function and file', () => {
    const others = ['at g (/a.js:1)', 'at f (/b.js:1)'].map((frames) => issueKey('a', 'E', frames));
    expect(new Set([issueKey('a', 'E', stack), issueKey('a', 'F', stack), ...others]).size).toBe(4);
  });

  it('goes by type and message without a stack, by message alone without a type', () => {
    expect(issueKey('user 1', 'E', undefined)).toBe(issueKey('user 2', 'E', ''));
    expect(issueKey('user 1', 'E', undefined)).not.toBe(issueKey('user 1', 'F', undefined));
    expect(issueKey('user 1', undefined, undefined)).toBe(issueKey('user 2', '', undefined));
    expect(issueKey('user 1', undefined, undefined)).not.toBe(issueKey('user 1', 'E', undefined));
  });

  it('goes by type alone for a stack in which the server counts no frame', () => {
    expect(issueKey('a', 'E', 'x')).toBe(issueKey('b', 'E', 'y'));
  });
});

describe('the key of an entry', () => {
  it('is made of the type as the server has it: cut to its column', () => {
    const type = 'E'.repeat(255);
    const keys = ['1', '2', ''].map(
      (end) => encode({ level: 'ERROR', fields: { error_type: type + end } }).issueKey,
    );
    expect(keys).toEqual(Array.from({ length: 3 }, () => `t\n${type}\nm`));
  });

  it('is the same when it is made again of the stored entry', () => {
    const fields = { error_type: `${'E'.repeat(300)}\0`, stack_trace: 'x\0\n    at f (/a\0.js:1) [1:2]' };
    for (const given of [fields, { error_type: fields.error_type }, {}]) {
      const entry = encode({ level: 'FATAL', message: 'a\0b \ud800', fields: given });
      const stored = JSON.parse(entry.json) as Entry;
      expect(issueKey(stored.message, stored.error_type, stored.stack_trace)).toBe(entry.issueKey);
    }
  });
});
