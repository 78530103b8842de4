import { describe, expect, it } from 'vitest';
import { toFingerprint, type FingerprintInput } from '../src/issues/fingerprint.ts';
import { topFrames } from '../src/issues/frames.ts';
import { normaliseMessage } from '../src/issues/normalise-message.ts';

describe('normaliseMessage', () => {
  it.each([
    ['user 123 of 45', 'user ? of ?'],
    ['took 1.5 s', 'took ? s'],
    ['took 22 s', 'took ? s'],
    ['at -1', 'at ?'],
    ['a=-1.25', 'a=?'],
    ['step-2 of v1.2.3', 'step-? of v?'],
    ['id 550e8400-e29b-41d4-a716-446655440000 gone', 'id ? gone'],
    ['id 550E8400-E29B-41D4-A716-446655440000 gone', 'id ? gone'],
    ['since 2026-11-22T10:00:00.123456Z', 'since ?'],
    ['since 2026-11-22 10:00:00,5+02:00 on', 'since ? on'],
    ['pointer 0xDEADbeef', 'pointer ?'],
    ['commit 9fceb02d0ae598e9', 'commit ?'],
    ['deadbeef cafe', 'deadbeef cafe'],
    ['  plain text \n', 'plain text'],
    ['', ''],
  ])('%j becomes %j', (message, expected) => {
    expect(normaliseMessage(message)).toBe(expected);
  });
});

describe('topFrames', () => {
  it.each([
    ['    at fn (/app/a.js:10:5)', 'fn', '/app/a.js'],
    ['    at fn (/app/a.js:10) [10:5]', 'fn', '/app/a.js'],
    ['at async fn (file:///app/a.js:10:5)', 'fn', '/app/a.js'],
    ['at new Thing (/app/a.js:1:2)\r', 'new Thing', '/app/a.js'],
    ['at Thing.run [as go] (/app/a.js:1:2)', 'Thing.run [as go]', '/app/a.js'],
    ['at /app/a.js:10:5', '<anonymous>', '/app/a.js'],
    ['at async /app/a.js:10:5', '<anonymous>', '/app/a.js'],
    ['at <anonymous> (/app/a.js:10) [10:5]', '<anonymous>', '/app/a.js'],
    ['at /app (x86)/a.js:10:5', '<anonymous>', '/app (x86)/a.js'],
    ['at fn (C:\\app (x86)\\a.js:10:5)', 'fn', 'C:\\app (x86)\\a.js'],
    ['at eval (eval at outer (/app/a.js:1:2), <anonymous>:3:4)', 'eval', '/app/a.js'],
    ['  File "/app/a.py", line 10, in handler', 'handler', '/app/a.py'],
    ['  File "/app/a.py", line 10', '<module>', '/app/a.py'],
  ])('reads %j', (line, name, file) => {
    expect(topFrames(`Error: x\n${line}\nend`, 5)).toEqual([{ function: name, file }]);
  });

  it.each([
    'at Array.map (<anonymous>)',
    'at async Promise.all (index 0)',
    'at last',
    'native',
    'at ',
    'at (:1:2)',
    'at Object.<anonymous> (node:internal/x:1:2)',
    'at process.processTimers [node:internal/timers:545:11]',
  ])('does not take %j for a frame', (line) => {
    expect(topFrames(line, 5)).toEqual([]);
  });

  it('is linear in a line made to be slow', () => {
    const started = performance.now();
    topFrames(`at ${'('.repeat(500_000)}\n`.repeat(4), 5);
    topFrames(`at ${':1'.repeat(500)}x\n`.repeat(2000), 5);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('toFingerprint', () => {
  const of = (fields: Partial<FingerprintInput>): string | undefined =>
    toFingerprint({ level: 'ERROR', message: 'boom', ...fields });
  const stack = (...frames: string[]): string =>
    ['TypeError: x', ...frames.map((frame) => `    at ${frame}`)].join('\n');

  it('groups ERROR and FATAL only', () => {
    expect(of({ level: 'WARN' })).toBeUndefined();
    expect(of({ level: 'FATAL' })).toBe(of({ level: 'ERROR' }));
    expect(of({})).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[what: string, one: Partial<FingerprintInput>, other: Partial<FingerprintInput>]>([
    ['numbers in the message', { message: 'a 1' }, { message: 'a 22' }],
    ['lines and columns', { stack_trace: stack('f (/a.js:1:2)') }, { stack_trace: stack('f (/a.js:99:1)') }],
    [
      'the message above a stack',
      { message: 'a', stack_trace: stack('f (/a.js:1:2)') },
      { message: 'b', stack_trace: stack('f (/a.js:1:2)') },
    ],
    [
      'how a frame is written',
      { stack_trace: stack('async f (file:///a.js:1:2)', '/b.js:1:2') },
      { stack_trace: stack('f (/a.js:5) [5:6]', '<anonymous> (/b.js:7) [7:8]') },
    ],
    [
      'the sixth frame',
      {
        stack_trace: stack(
          'a (/a:1:1)',
          'b (/a:1:1)',
          'c (/a:1:1)',
          'd (/a:1:1)',
          'e (/a:1:1)',
          'x (/a:1:1)',
        ),
      },
      {
        stack_trace: stack(
          'a (/a:1:1)',
          'b (/a:1:1)',
          'c (/a:1:1)',
          'd (/a:1:1)',
          'e (/a:1:1)',
          'y (/a:1:1)',
        ),
      },
    ],
    ['no type and an empty type', { error_type: '' }, { error_type: null }],
  ])('does not mind %s', (_what, one, other) => {
    expect(of(one)).toBe(of(other));
  });

  it.each<[what: string, one: Partial<FingerprintInput>, other: Partial<FingerprintInput>]>([
    ['messages', { message: 'a' }, { message: 'b' }],
    ['types', { error_type: 'A' }, { error_type: 'B' }],
    ['files', { stack_trace: stack('f (/a.js:1:2)') }, { stack_trace: stack('f (/b.js:1:2)') }],
    ['functions', { stack_trace: stack('f (/a.js:1:2)') }, { stack_trace: stack('g (/a.js:1:2)') }],
    [
      'messages above stacks without a frame',
      { message: 'a', error_type: 'E', stack_trace: 'no frame' },
      { message: 'b', error_type: 'E', stack_trace: 'no frame' },
    ],
  ])('tells different %s apart', (_what, one, other) => {
    expect(of(one)).not.toBe(of(other));
  });
});
