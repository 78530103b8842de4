import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEGMENT_HEADER, decodeSegment } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import { seed } from '../crash/kit/size.ts';
import { entryLine } from '../kit/encoded-entries.ts';
import { runHistories } from './run-histories.ts';

const entries = fc.array(
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => JSON.stringify({ text })),
  { minLength: 1, maxLength: 8 },
);

/** The lines of `written` that a change of the bytes from `at` on, `length` long, touches. */
function untouched(written: readonly string[], at: number, length: number): string[] {
  let from = SEGMENT_HEADER.length;
  return written.filter((json) => {
    const to = from + Buffer.byteLength(entryLine(json));
    const isTouched = at < to && at + length > from;
    // The newline before a line belongs to the line before it, and yet separates the two.
    const isJoined = at < from && at + length >= from;
    from = to;
    return !isTouched && !isJoined;
  });
}

it(`a segment damaged anywhere gives every line that was not touched, and nothing that was not written (seed ${seed})`, async () => {
  const property = fc.property(
    entries,
    fc.nat(),
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    (written, place, bytes) => {
      const data = Buffer.from(SEGMENT_HEADER + written.map(entryLine).join(''));
      const at = SEGMENT_HEADER.length + (place % (data.length - SEGMENT_HEADER.length));
      data.set(bytes.subarray(0, data.length - at), at);
      const read = decodeSegment(data).entries.map(({ json }) => json);
      expect(read).toEqual(expect.arrayContaining(untouched(written, at, bytes.length)));
      expect(read.every((json) => written.includes(json))).toBe(true);
    },
  );
  await expect(runHistories(property, { ci: 3_000, full: 100_000 })).resolves.toBeUndefined();
});
