import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationName } from '../../packages/core-sender/src/dead-letters/destination.ts';
import { decodeSegment } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import { entryLine } from '../kit/encoded-entries.ts';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { recover } from './kit/lives.ts';
import { startNumberedReceiver } from './kit/numbered-receiver.ts';
import { size } from './kit/size.ts';
import { numberedEntry } from './kit/numbered-entry.ts';

const HEADER = 'tracehub-segment 1\n';
const COUNT = 12;
const KEY = 'th_crash';

/** The lines of a segment with the entries 1 to `COUNT` of a life. */
function linesOf(life: string): string[] {
  return Array.from({ length: COUNT }, (_, index) =>
    entryLine(JSON.stringify(numberedEntry(life, index + 1))),
  );
}

function segmentOf(lines: readonly string[]): Buffer {
  return Buffer.from(HEADER + lines.join(''));
}

describe('a damaged segment', { timeout: size(30_000, 600_000) }, () => {
  it('gives every line whose own bytes are whole, whatever became of the others', () => {
    const lines = linesOf('damage');
    const whole = segmentOf(lines);
    const starts = lines.map((_, index) => HEADER.length + Buffer.byteLength(lines.slice(0, index).join('')));
    const damage = fc.record({
      at: fc.integer({ min: HEADER.length, max: whole.length - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        const data = Buffer.from(whole);
        for (const { at, bytes } of damages) data.set(bytes.subarray(0, data.length - at), at);
        const isWhole = lines.map((line, index) => {
          const from = starts[index]!;
          const to = from + Buffer.byteLength(line);
          // The newline before a line is the last byte of its neighbour: without it nothing tells where a line starts.
          return data.subarray(from - 1, to).equals(whole.subarray(from - 1, to));
        });
        const found = new Set(decodeSegment(data).entries.map(({ from }) => from));
        expect(starts.filter((from, index) => isWhole[index] && !found.has(from))).toEqual([]);
        for (const { json } of decodeSegment(data).entries) JSON.parse(json);
      }),
      { numRuns: size(2_000, 100_000) },
    );
  });

  const damages: [kind: string, damage: (data: Buffer, lines: string[]) => Buffer, lost: number[]][] = [
    ['a torn tail', (data) => data.subarray(0, data.length - 7), [COUNT]],
    [
      'a torn tail after a whole line',
      (data, lines) => data.subarray(0, data.length - lines.at(-1)!.length),
      [COUNT],
    ],
    ['a null-padded tail', (data) => Buffer.concat([data, Buffer.alloc(4_096)]), []],
    ['a first entry that is scrambled', (data) => flip(data, HEADER.length + 20), [1]],
    [
      'an entry in the middle that is scrambled',
      (data, lines) => flip(data, HEADER.length + Buffer.byteLength(lines.slice(0, 5).join('')) + 30),
      [6],
    ],
    ['a last entry that is scrambled', (data) => flip(data, data.length - 20), [COUNT]],
    [
      'a checksum that is scrambled',
      (data, lines) => flip(data, HEADER.length + Buffer.byteLength(lines[0]!) + 3),
      [2],
    ],
  ];

  it.each(damages)(
    'with %s delivers all other entries, and the file is kept or gone whole',
    async (_, damage, lost) => {
      const receiver = await startNumberedReceiver();
      const dlqPath = makeTempDirectory('damage');
      const directory = join(dlqPath, destinationName(receiver.url, KEY));
      mkdirSync(directory);
      const lines = linesOf('damage');
      const data = damage(segmentOf(lines), lines);
      writeFileSync(join(directory, '000000000001-00aa.seg'), data);
      expect(await recover(receiver, dlqPath)).toEqual([]);
      const expected = Array.from({ length: COUNT }, (_entry, index) => index + 1).filter(
        (n) => !lost.includes(n),
      );
      expect([...receiver.numbers('damage').keys()].toSorted((a, b) => a - b)).toEqual(expected);
      expect(receiver.torn).toEqual([]);
      // One with a damaged line is kept whole; one that was cut off between lines is done with.
      const isKept = existsSync(join(directory, 'quarantine', '000000000001-00aa.seg'));
      expect(isKept).toBe(decodeSegment(data).damagedLines > 0);
    },
  );

  it.each([0, 1, 9, 18])('of which only the first %i bytes were written is cleared away', async (bytes) => {
    const receiver = await startNumberedReceiver();
    const dlqPath = makeTempDirectory('damage');
    const directory = join(dlqPath, destinationName(receiver.url, KEY));
    mkdirSync(directory);
    writeFileSync(join(directory, '000000000001-00aa.open'), HEADER.slice(0, bytes));
    expect(await recover(receiver, dlqPath)).toEqual([]);
  });

  it('with a damaged header still gives its entries', async () => {
    const receiver = await startNumberedReceiver();
    const dlqPath = makeTempDirectory('damage');
    const directory = join(dlqPath, destinationName(receiver.url, KEY));
    mkdirSync(directory);
    writeFileSync(join(directory, '000000000001-00aa.seg'), flip(segmentOf(linesOf('damage')), 3));
    await recover(receiver, dlqPath);
    expect(receiver.numbers('damage').size).toBe(COUNT);
  });
});

describe('beside the segments', { timeout: 30_000 }, () => {
  it('files of others and of newer versions are left as they are', async () => {
    const receiver = await startNumberedReceiver();
    const dlqPath = makeTempDirectory('damage');
    const directory = join(dlqPath, destinationName(receiver.url, KEY));
    mkdirSync(directory);
    const lines = linesOf('good');
    const foreign: Record<string, string> = {
      [join(dlqPath, 'failed_20260101_000000.jsonl')]: '{"message":"from Python"}\n',
      [join(directory, 'failed_20260101_000000.jsonl')]: '{"message":"from Python"}\n',
      [join(directory, 'notes.txt')]: 'not ours',
      [join(directory, '000000000001-00aa.seg')]: `tracehub-segment 2\n${lines.join('')}`,
      [join(directory, '000000000002-00aa-1-10.seg.bak~')]: 'not ours',
    };
    for (const [path, text] of Object.entries(foreign)) writeFileSync(path, text);
    writeFileSync(join(directory, '000000000003-00aa.seg'), segmentOf(lines));
    expect((await recover(receiver, dlqPath, 2)).toSorted()).toEqual([
      '000000000001-00aa.seg',
      '000000000002-00aa-1-10.seg.bak~',
    ]);
    expect(receiver.numbers('good').size).toBe(COUNT);
    for (const [path, text] of Object.entries(foreign)) expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(directory)).toHaveLength(4);
  });

  it('a line that is whole but no entry harms nothing', async () => {
    const receiver = await startNumberedReceiver();
    const dlqPath = makeTempDirectory('damage');
    const directory = join(dlqPath, destinationName(receiver.url, KEY));
    mkdirSync(directory);
    for (const [index, text] of ['null', '5', '{"bad json', '[]'].entries()) {
      const lines = [
        ...linesOf(`beside-${index}`).slice(0, 3),
        entryLine(text),
        ...linesOf(`beside-${index}`).slice(3),
      ];
      writeFileSync(join(directory, `00000000000${index}-00aa.seg`), segmentOf(lines));
    }
    expect(await recover(receiver, dlqPath)).toEqual([]);
    for (const index of [0, 1, 2, 3]) expect(receiver.numbers(`beside-${index}`).size).toBe(COUNT);
  });
});

function flip(data: Buffer, at: number): Buffer {
  data[at]! ^= 0x15;
  return data;
}
