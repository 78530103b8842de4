import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { Lease } from '../src/dead-letters/lease.ts';
import { decodeSegment } from '../src/dead-letters/segment-format.ts';
import { toLines } from '../src/dead-letters/segment-lines.ts';
import { SegmentWriter } from '../src/dead-letters/segment-writer.ts';
import { loadLibrary } from '../src/load-library.ts';
import { seqOf } from './stages.ts';
import { encodedEntries, range, temporaryDirectory } from './support.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.doUnmock('../src/load-library.ts');
  vi.resetModules();
});

function place(): [directory: string, number: number, lease: Lease] {
  const directory = temporaryDirectory();
  return [directory, 1, new Lease(directory, systemClock)];
}

function lines(first: number, last: number) {
  return toLines(encodedEntries(last - first + 1, first));
}

function seqsIn(file: string): number[] {
  return decodeSegment(fs.readFileSync(file)).entries.map(({ json }) => seqOf(json));
}

const { writeSync } = fs;

/** Answers the calls to `writeSync` with these errors and numbers of bytes, one each, and then as always. */
function plantWrites(...answers: (string | number)[]) {
  return vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Buffer) => {
    const answer = answers.shift();
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
    return writeSync(fd, data.subarray(0, answer));
  }) as typeof fs.writeSync);
}

describe('a segment that is written before the call returns', () => {
  it('holds all entries where the disk takes them piece by piece', () => {
    const [directory] = place();
    const writer = SegmentWriter.openSync(directory, 1, new Lease(directory, systemClock));
    const write = plantWrites(1, 40, 1, 'EAGAIN', 7, 'EBUSY', 'EAGAIN');
    writer.appendSync(lines(1, 3));
    writer.appendSync(lines(4, 5));
    expect(write).toHaveBeenCalledTimes(9);
    expect(fs.statSync(writer.path).size).toBe(writer.bytes);
    const file = join(directory, writer.sealSync());
    writer.abandon();
    expect(seqsIn(file)).toEqual(range(1, 5));
  });

  it.each([
    ['is full', ['ENOSPC'], 1],
    ['is full after a part', [30, 'ENOSPC'], 2],
    ['is busy for more than a second', ['EAGAIN', 30, ...Array.from({ length: 11 }, () => 'EAGAIN')], 13],
  ])('is cut back where the disk %s', (_, answers, calls) => {
    const [directory, number, lease] = place();
    const writer = SegmentWriter.openSync(directory, number, lease);
    writer.appendSync(lines(1, 2));
    const write = plantWrites(...answers);
    expect(() => writer.appendSync(lines(3, 4))).toThrow(String(answers.at(-1)));
    expect(write).toHaveBeenCalledTimes(calls);
    expect(fs.statSync(writer.path).size).toBe(writer.bytes);
    writer.appendSync(lines(5, 6));
    expect(seqsIn(writer.path)).toEqual([1, 2, 5, 6]);
    writer.abandon();
  });

  it('can be sealed without holding up the app, and its descriptor is closed once', async () => {
    const [directory, number, lease] = place();
    const writer = SegmentWriter.openSync(directory, number, lease);
    await writer.append(lines(1, 2));
    const file = join(directory, await writer.seal());
    const other = fs.openSync(file, 'r');
    writer.abandon();
    fs.fstatSync(other);
    fs.closeSync(other);
    expect(seqsIn(file)).toEqual([1, 2]);
  });

  it('is what there is where sonic-boom cannot be loaded, until it can', async () => {
    vi.resetModules();
    const load = vi.fn<typeof loadLibrary>(loadLibrary).mockRejectedValueOnce(new Error('EMFILE'));
    vi.doMock('../src/load-library.ts', () => ({ loadLibrary: load }));
    const { SegmentWriter: Writer } = await import('../src/dead-letters/segment-writer.ts');
    const [directory, number, lease] = place();
    const writer = await Writer.open(directory, number, lease);
    expect(writer.isSync).toBe(true);
    await writer.append(lines(1, 2));
    expect(seqsIn(join(directory, await writer.seal()))).toEqual([1, 2]);

    vi.doUnmock('../src/load-library.ts');
    const next = await Writer.open(directory, number + 1, lease);
    expect(next.isSync).toBe(false);
    await next.append(lines(3, 4));
    expect(seqsIn(join(directory, await next.seal()))).toEqual([3, 4]);
  });
});
