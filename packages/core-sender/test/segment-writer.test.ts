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

/** What the disk answers, and in how many calls. */
const FULL_DISKS: [disk: string, answers: (string | number)[], calls: number][] = [
  ['is full', ['ENOSPC'], 1],
  ['is full after a part', [30, 'ENOSPC'], 2],
  ['is busy for more than a second', ['EAGAIN', 30, ...Array.from({ length: 11 }, () => 'EAGAIN')], 13],
];

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

  it.each(FULL_DISKS)('is cut back where the disk %s', (_, answers, calls) => {
    const [directory, number, lease] = place();
    const writer = SegmentWriter.openSync(directory, number, lease);
    writer.appendSync(lines(1, 2));
    const write = plantWrites(...answers);
    expect(() => writer.appendSync(lines(3, 4))).toThrow(String(answers.at(-1)));
    expect(write).toHaveBeenCalledTimes(calls);
    expect(fs.statSync(writer.path).size).toBe(writer.bytes);
    expect(writer.canAppendSync).toBe(false);
    expect(seqsIn(writer.path)).toEqual([1, 2]);
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
});

type Load = (...given: Parameters<typeof loadLibrary>) => Promise<unknown>;

/** A segment made where the libraries load as `load` says, by default not. */
async function openLoading(load: Load = () => Promise.reject(new Error('EMFILE'))) {
  vi.resetModules();
  vi.doMock('../src/load-library.ts', () => ({ loadLibrary: load }));
  const { SegmentWriter: Writer } = await import('../src/dead-letters/segment-writer.ts');
  const [directory, number, lease] = place();
  const open = (offset: number) => Writer.open(directory, number + offset, lease);
  return { directory, open, writer: await open(0) };
}

const { write } = fs;

/** As {@link plantWrites}, for `write`. */
function plantLaterWrites(...answers: (string | number)[]) {
  return vi.spyOn(fs, 'write').mockImplementation(((fd: number, data: Buffer, callback: WriteCallback) => {
    const answer = answers.shift();
    if (typeof answer !== 'string') return write(fd, data.subarray(0, answer), callback);
    setImmediate(() => callback(Object.assign(new Error(answer), { code: answer }), 0));
  }) as typeof fs.write);
}

type WriteCallback = (error: NodeJS.ErrnoException | null, written: number) => void;

describe('a segment where sonic-boom cannot be loaded', () => {
  it('holds all entries where the disk takes them piece by piece, and holds up the app for none', async () => {
    const sync = (['openSync', 'writeSync', 'fsyncSync', 'closeSync'] as const).map((name) =>
      vi.spyOn(fs, name),
    );
    const { directory, writer } = await openLoading();
    const planted = plantLaterWrites(1, 40, 1, 'EAGAIN', 7, 'EBUSY', 'EAGAIN');
    await writer.append(lines(1, 3));
    await writer.append(lines(4, 5));
    expect(planted).toHaveBeenCalledTimes(9);
    const { bytes } = writer;
    const file = join(directory, await writer.seal());
    writer.abandon();
    expect(sync.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0, 0]);
    expect(fs.statSync(file).size).toBe(bytes);
    expect(seqsIn(file)).toEqual(range(1, 5));
  });

  it.each(FULL_DISKS)('is cut back where the disk %s', async (_, answers, calls) => {
    const { writer } = await openLoading();
    await writer.append(lines(1, 2));
    const planted = plantLaterWrites(...answers);
    await expect(writer.append(lines(3, 4))).rejects.toThrow(String(answers.at(-1)));
    expect(planted).toHaveBeenCalledTimes(calls);
    expect(fs.statSync(writer.path).size).toBe(writer.bytes);
    await writer.append(lines(5, 6));
    expect(seqsIn(writer.path)).toEqual([1, 2, 5, 6]);
    writer.abandon();
  });

  it('waits for a busy disk in real time', async () => {
    const { writer } = await openLoading();
    const planted = plantLaterWrites('EAGAIN');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      await writer.append(lines(1, 2));
    } finally {
      vi.useRealTimers();
    }
    expect(planted).toHaveBeenCalledTimes(2);
    expect(seqsIn(writer.path)).toEqual([1, 2]);
    writer.abandon();
  });

  it("takes nothing before the call returns, and the next one is sonic-boom's once it can be loaded", async () => {
    const load = vi.fn<Load>(loadLibrary).mockRejectedValueOnce(new Error('EMFILE'));
    const { directory, open, writer } = await openLoading(load);
    const next = await open(1);
    expect([writer.canAppendSync, next.canAppendSync, load.mock.calls.length]).toEqual([false, false, 2]);
    await writer.append(lines(1, 2));
    await next.append(lines(3, 4));
    expect(seqsIn(join(directory, await writer.seal()))).toEqual([1, 2]);
    expect(seqsIn(join(directory, await next.seal()))).toEqual([3, 4]);
  });
});
