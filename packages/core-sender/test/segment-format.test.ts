import { describe, expect, it } from 'vitest';
import { entryLine } from '../../../test/kit/encoded-entries.ts';
import { SEGMENT_HEADER, decodeSegment, doneLine } from '../src/dead-letters/segment-format.ts';
import {
  claimedName,
  leaseName,
  leaseOwner,
  openName,
  parseSegmentName,
  releasedName,
  sealedName,
} from '../src/dead-letters/segment-name.ts';

const LINES = ['{"id":"a"}', '{"id":"é漢😀"}', '{"id":"c\\n"}'];
const WHOLE = Buffer.from(SEGMENT_HEADER + LINES.map(entryLine).join(''));

function read(data: Buffer): { entries: string[]; damagedLines: number; kind: string } {
  const { entries, damagedLines, kind } = decodeSegment(data);
  return { entries: entries.map(({ json }) => json), damagedLines, kind };
}

describe('a segment', () => {
  it('gives back exactly what was written, with the place of each line', () => {
    expect(read(WHOLE)).toEqual({ entries: LINES, damagedLines: 0, kind: 'segment' });
    for (const { json, from, to } of decodeSegment(WHOLE).entries) {
      expect(WHOLE.toString('utf8', from, to)).toBe(entryLine(json));
    }
  });

  it('torn at any byte gives every whole line before the tear', () => {
    const ends = decodeSegment(WHOLE).entries.map(({ to }) => to);
    for (let length = SEGMENT_HEADER.length; length <= WHOLE.length; length++) {
      const whole = ends.filter((to) => to <= length).length;
      expect(read(WHOLE.subarray(0, length)).entries).toEqual(LINES.slice(0, whole));
    }
  });

  it('damaged at any byte loses at most the lines it touches', () => {
    for (let at = SEGMENT_HEADER.length; at < WHOLE.length; at++) {
      const damaged = Buffer.from(WHOLE);
      damaged[at] = damaged[at]! ^ 0x15;
      const { entries, damagedLines } = read(damaged);
      expect(entries.every((json) => LINES.includes(json))).toBe(true);
      expect(entries.length).toBeGreaterThanOrEqual(WHOLE[at] === 0x0a ? 1 : 2);
      expect(entries.length + damagedLines).toBeGreaterThanOrEqual(2);
    }
  });

  it('with a block of zeros in the middle keeps the lines around it', () => {
    const [first = '', , last = ''] = LINES.map(entryLine);
    const data = Buffer.concat([
      Buffer.from(SEGMENT_HEADER + first),
      Buffer.alloc(64),
      Buffer.from(`\n${last}`),
    ]);
    expect(read(data)).toEqual({ entries: [LINES[0], LINES[2]], damagedLines: 1, kind: 'segment' });
  });

  it('that is empty holds nothing', () => {
    expect(read(Buffer.alloc(0))).toEqual({ entries: [], damagedLines: 0, kind: 'segment' });
  });

  it.each([
    ['tracehub-segment 2\nx\n'],
    ['tracehub-segment 10\n'],
    ['something else\n'],
    [`\0${SEGMENT_HEADER}`],
  ])('of another format is foreign: %j', (text) => {
    expect(read(Buffer.from(text))).toEqual({ entries: [], damagedLines: 0, kind: 'foreign' });
  });

  it('leaves out what a mark says is done', () => {
    const [first, second] = decodeSegment(WHOLE).entries;
    const marked = (...marks: string[]) => Buffer.concat([WHOLE, Buffer.from(marks.join(''))]);
    expect(read(marked(doneLine(0, second!.from))).entries).toEqual(LINES.slice(1));
    expect(read(marked(doneLine(second!.from, second!.to))).entries).toEqual([LINES[0], LINES[2]]);
    expect(read(marked(doneLine(0, first!.to), doneLine(0, WHOLE.length))).entries).toEqual([]);
    expect(read(marked(doneLine(0, second!.from).replace('=', '=0'))).entries).toEqual(LINES);
  });
});

describe('the name of a segment', () => {
  const size = { count: 3, bytes: 99 };

  it('says number, owner, size and state', () => {
    const sealed = sealedName(12, 'ab', size);
    expect(sealed).toBe('000000000012-ab-3-99.seg');
    expect(parseSegmentName(sealed)).toEqual({
      number: 12,
      owner: 'ab',
      size,
      state: 'sealed',
      holder: undefined,
    });
    expect(parseSegmentName(openName(12, 'ab'))).toEqual({
      number: 12,
      owner: 'ab',
      size: undefined,
      state: 'open',
      holder: 'ab',
    });
    expect(parseSegmentName(claimedName(sealed, 'cd'))).toEqual({
      number: 12,
      owner: 'ab',
      size,
      state: 'claimed',
      holder: 'cd',
    });
  });

  it('sorts by number, beyond seven digits too', () => {
    const names = [9, 10, 9_999_999, 10_000_000, 123_456_789_012].map((number) => sealedName(number, 'ab'));
    expect(names.toSorted()).toEqual(names);
    expect(names.map((name) => parseSegmentName(name)?.number)).toEqual([
      9, 10, 9_999_999, 10_000_000, 123_456_789_012,
    ]);
  });

  it('is the sealed one again after a release', () => {
    expect(releasedName(claimedName(sealedName(1, 'ab', size), 'cd'))).toBe(sealedName(1, 'ab', size));
    expect(releasedName(openName(1, 'ab'))).toBe(sealedName(1, 'ab'));
  });

  it.each([
    ['failed_2026-01-01T00-00-00.jsonl'],
    ['ab.lease'],
    ['rejected'],
    ['12-ab.seg'],
    ['000000000012-ab.tmp'],
    [''],
  ])('is not seen in other files: %j', (file) => {
    expect(parseSegmentName(file)).toBeUndefined();
  });

  it('is not that of a lease', () => {
    expect(leaseOwner(leaseName('ab'))).toBe('ab');
    expect(leaseOwner(sealedName(1, 'ab'))).toBeUndefined();
  });
});
