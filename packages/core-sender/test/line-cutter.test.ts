import { describe, expect, it } from 'vitest';
import { LineCutter } from '../src/worker/line-cutter.ts';

function cut(...texts: string[]): string[] {
  const lines: string[] = [];
  const cutter = new LineCutter((bytes, start, end) => {
    // What reads a line relies on its end to stop at.
    expect(bytes[end]).toBeLessThan(0x20);
    lines.push(bytes.toString('utf8', start, end));
  });
  for (const text of texts) cutter.push(text);
  cutter.end();
  return lines;
}

describe('lines', () => {
  it.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\nb'], ['a', 'b']],
    [['a\r\nb\r\n\r\n'], ['a', 'b']],
    [['\n\n'], []],
    [
      ['a', 'b\nc', '\n'],
      ['ab', 'c'],
    ],
    [
      ['a\r', '\nb'],
      ['a', 'b'],
    ],
    [['é🐢\u2028x\n'], ['é🐢\u2028x']],
    [[], []],
  ])('of %j are %j', (texts, lines) => {
    expect(cut(...texts)).toEqual(lines);
  });

  it('of megabytes come whole, and what follows them too', () => {
    const long = 'ü'.repeat(300_000);
    const pieces = Array.from({ length: 30 }, (_, n) => long.slice(n * 10_000, (n + 1) * 10_000));
    expect(cut('a\n', ...pieces, '\nb\n', long, '\nc')).toEqual(['a', long, 'b', long, 'c']);
  });

  it('can be pushed again after an end', () => {
    const lines: string[] = [];
    const cutter = new LineCutter((bytes, start, end) => lines.push(bytes.toString('utf8', start, end)));
    for (const text of ['a', 'b\nc', '']) {
      cutter.push(text);
      cutter.end();
    }
    expect(lines).toEqual(['a', 'b', 'c']);
  });
});
