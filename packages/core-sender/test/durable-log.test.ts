import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeSegment } from '../src/dead-letters/segment-format.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import { FakeClock } from './fake-clock.ts';
import { createDurableLog, replayAll, segments, seqOf } from './stages.ts';
import { encodedEntries, encodedEntry, temporaryDirectory, until } from './support.ts';

const MiB = 1024 * 1024;

afterEach(() => {
  vi.restoreAllMocks();
});

/** The entries without a mark in the segments of `path`, by sequence number, segment by segment. */
function unmarked(path: string): number[][] {
  return segments(path).map((file) => {
    const { entries, damagedLines } = decodeSegment(fs.readFileSync(join(path, file)));
    expect(damagedLines).toBe(0);
    return entries.map(({ json }) => seqOf(json));
  });
}

async function started(...given: Parameters<typeof createDurableLog>) {
  const kit = createDurableLog(...given);
  await kit.queue.start();
  return { ...kit, path: kit.directory.path };
}

describe('an entry', () => {
  it('is on disk at most `interval` after it was accepted, and may be sent from then on', async () => {
    const clock = new FakeClock();
    const { log, path, written } = await started(temporaryDirectory(), { interval: 20, clock });
    const [first, second] = [encodedEntry(1), encodedEntry(2)];
    log.add(first);
    await clock.advance(15);
    log.add(second);
    await clock.advance(4);
    expect([first.isWritten, segments(path), written(), log.safe]).toEqual([false, [], 0, 0]);
    await clock.advance(1);
    await until(() => written() === 1, 'the write');
    expect([first.isWritten, second.isWritten, log.safe]).toEqual([true, true, 2]);
    expect(unmarked(path)).toEqual([[1, 2]]);
  });

  it('is on disk when the call returns with an interval of 0', async () => {
    const { log, path } = await started(temporaryDirectory(), { interval: 0 });
    for (const entry of encodedEntries(3)) {
      log.add(entry);
      expect([entry.isWritten, log.safe]).toEqual([true, entry.seq]);
    }
    expect(unmarked(path)).toEqual([[1, 2, 3]]);
  });

  it('is not written any more when it was dropped before', async () => {
    const { log, path } = await started(temporaryDirectory());
    const entries = encodedEntries(3);
    for (const entry of entries) log.add(entry);
    entries[1]!.isSettled = true;
    await log.write();
    expect(unmarked(path)).toEqual([[1, 3]]);
  });

  it('is marked at once when it was dropped while it was being written', async () => {
    const { log, path } = await started(temporaryDirectory());
    const entries = encodedEntries(3);
    for (const entry of entries) log.add(entry);
    const written = log.write();
    entries[1]!.isSettled = true;
    await written;
    await log.write();
    expect(unmarked(path)).toEqual([[1, 3]]);
  });

  it('that comes during a write goes with the next', async () => {
    const { log, path } = await started(temporaryDirectory(), { interval: 1 });
    log.add(encodedEntry(1));
    const first = log.write();
    const late = encodedEntry(2);
    log.add(late);
    await Promise.all([first, log.write()]);
    await until(() => late.isWritten, 'the next write');
    expect(unmarked(path)).toEqual([[1, 2]]);
  });
});

describe('a segment', () => {
  async function withEntries(count: number) {
    const kit = await started(temporaryDirectory());
    const entries = encodedEntries(count);
    for (const entry of entries) kit.log.add(entry);
    await kit.log.write();
    return { ...kit, entries };
  }

  it('has a mark for what is done, at the next write', async () => {
    const { log, path, entries } = await withEntries(6);
    for (const seq of [4, 2, 3]) log.done(entries[seq - 1]!);
    expect(unmarked(path)).toEqual([[1, 2, 3, 4, 5, 6]]);
    await log.write();
    expect(unmarked(path)).toEqual([[1, 5, 6]]);
    // Ranges that meet are one mark, in whatever order they came.
    expect(fs.readFileSync(join(path, segments(path)[0]!), 'utf8').match(/^=/gm)).toHaveLength(1);
    expect(log.safe).toBe(6);
  });

  it('has marks at the right places among later entries', async () => {
    const { log, path, entries } = await withEntries(60);
    const odd = entries.filter(({ seq }) => seq % 2 === 1);
    // So many that the marks are longer than an entry.
    for (const entry of odd) log.done(entry);
    const later = [encodedEntry(61, { message: '漢字 😀' }), encodedEntry(62)];
    for (const entry of later) log.add(entry);
    await log.write();
    log.done(later[0]!);
    log.done(entries[1]!);
    await log.write();
    const even = entries.filter(({ seq }) => seq % 2 === 0 && seq !== 2);
    expect(unmarked(path)).toEqual([[...even.map(({ seq }) => seq), 62]]);
  });

  it('is deleted when it is full and all of it is done, and the next one goes on', async () => {
    const { log, path, directory } = await started(temporaryDirectory(), { maxDlqBytes: MiB });
    const large = [1, 2].map((seq) => encodedEntry(seq, { message: 'x'.repeat(80_000) }));
    for (const entry of large) log.add(entry);
    await log.write();
    log.add(encodedEntry(3));
    await log.write();
    expect(unmarked(path)).toEqual([[1, 2], [3]]);
    for (const entry of large) log.done(entry);
    await log.write();
    expect(unmarked(path)).toEqual([[3]]);
    expect(directory.catalog.bytes).toBe(fs.statSync(join(path, segments(path)[0]!)).size);
  });

  it('becomes a dead-letter segment when some of it could not be delivered: only that is replayed', async () => {
    const { log, queue, directory, path, entries } = await withEntries(5);
    for (const seq of [1, 2, 4]) log.done(entries[seq - 1]!);
    expect(log.keep(entries[2]!)).toBe(true);
    await log.write();
    expect(segments(path)).toEqual([expect.stringMatching(/\.open$/)]);
    log.done(entries[4]!);
    await log.write();
    expect(segments(path)).toEqual([expect.stringMatching(/\.seg$/)]);
    expect([...directory.own.values()]).toEqual([1]);
    expect(await replayAll(queue)).toEqual([3]);
    expect(segments(path)).toEqual([]);
  });

  it('has its own marks, also when it was retired while room was made for the next', async () => {
    const { log, directory, path, entries } = await withEntries(3);
    log.done(entries[0]!);
    const makeRoom = directory.makeRoom.bind(directory);
    directory.makeRoom = async (bytes) => {
      const hasRoom = await makeRoom(bytes);
      if (entries[1]!.place) log.keep(entries[1]!);
      return hasRoom;
    };
    log.add(encodedEntry(4));
    await log.write();
    expect(unmarked(path)).toEqual([[1, 2, 3], [4]]);
    log.done(entries[2]!);
    await log.write();
    expect(unmarked(path)).toEqual([[2], [4]]);
  });

  it('takes no more entries once one of them is a dead letter', async () => {
    const { log, path, entries } = await withEntries(2);
    log.keep(entries[0]!);
    log.add(encodedEntry(3));
    await log.write();
    expect(unmarked(path)).toEqual([[1, 2], [3]]);
  });

  it('is gone after close when all of it is done, sealed when not', async () => {
    for (const [kept, left] of [
      [0, []],
      [1, [1]],
    ] as const) {
      const { log, queue, path, entries } = await withEntries(3);
      for (const entry of entries.slice(0, kept)) log.keep(entry);
      for (const entry of entries.slice(kept)) log.done(entry);
      await log.close();
      await queue.close();
      expect(unmarked(path).flat()).toEqual(left);
      expect(fs.readdirSync(path).filter((file) => !file.endsWith('.seg'))).toEqual([]);
    }
  });

  it('is gone after close also when it was being written', async () => {
    const { log, queue, path, entries } = await withEntries(2);
    const late = encodedEntry(3);
    log.add(late);
    const write = log.write();
    for (const entry of entries) log.done(entry);
    late.isSettled = true;
    await log.close();
    await queue.close();
    const atOnce = fs.readdirSync(path);
    await write;
    expect([atOnce, fs.readdirSync(path)]).toEqual([[], []]);
  });

  it('is gone at once, or sealed, at the exit of the process', async () => {
    for (const [kept, left] of [
      [0, []],
      [2, [1, 2]],
    ] as const) {
      const { log, queue, path, entries } = await withEntries(3);
      for (const entry of entries.slice(0, kept)) log.keep(entry);
      for (const entry of entries.slice(kept)) log.done(entry);
      log.closeSync();
      queue.closeSync();
      expect(unmarked(path).flat()).toEqual(left);
      expect(fs.readdirSync(path).filter((file) => !file.endsWith('.seg'))).toEqual([]);
    }
  });

  it('that another process took over is written to no more before the call returns, either', async () => {
    const { log, path } = await started(temporaryDirectory(), { interval: 0 });
    log.add(encodedEntry(1));
    const file = join(path, segments(path)[0]!);
    fs.rmSync(file);
    log.add(encodedEntry(2));
    expect(unmarked(path)).toEqual([[2]]);
  });

  it('that another process took over is left to it, and a new one goes on', async () => {
    const { log, path } = await withEntries(2);
    fs.renameSync(join(path, segments(path)[0]!), join(path, `000000000001-${'a'.repeat(16)}.seg`));
    log.add(encodedEntry(3));
    await log.write();
    // Twice: the other may have read the file before, or may read it now.
    expect(unmarked(path)).toEqual([[1, 2, 3], [3]]);
  });
});

describe('a directory that is deleted while running', () => {
  it.each([20, 0])('keeps nothing of what comes after from the disk: interval %i', async (interval) => {
    const { log, path, directory, lost } = await started(temporaryDirectory(), { interval });
    const [before, dead, after] = encodedEntries(3) as [EncodedEntry, EncodedEntry, EncodedEntry];
    for (const entry of [before, dead]) log.add(entry);
    await log.write();
    fs.rmSync(directory.root, { recursive: true });
    log.add(after);
    await log.write();
    expect(unmarked(path)).toEqual([[3]]);
    // What was in it is on disk no more: the dead-letter queue has to take it.
    expect([log.keep(before), log.keep(dead), log.keep(after)]).toEqual([false, false, true]);
    await log.close();
    expect(lost).toEqual({ own: 0, others: 0, deleted: 0 });
  });

  it('costs the dead letters that were in it, which are counted', async () => {
    const { log, directory, lost } = await started(temporaryDirectory());
    const entries = encodedEntries(3);
    for (const entry of entries) log.add(entry);
    await log.write();
    for (const entry of entries.slice(1)) expect(log.keep(entry)).toBe(true);
    fs.rmSync(directory.root, { recursive: true });
    log.done(entries[0]!);
    await log.close();
    expect(lost).toEqual({ own: 2, others: 0, deleted: 2 });
  });
});

describe('a disk that refuses', () => {
  it.each([20, 0])(
    'lets entries through, not counted as safe, with one warning: interval %i',
    async (interval) => {
      const file = join(temporaryDirectory(), 'in-the-way');
      fs.writeFileSync(file, '');
      const { log, seen } = createDurableLog(file, { interval });
      const entries = encodedEntries(2);
      for (const entry of entries) log.add(entry);
      await log.write();
      expect(entries.map(({ isWritten }) => isWritten)).toEqual([true, true]);
      expect(entries.map((entry) => log.keep(entry))).toEqual([false, false]);
      expect(log.safe).toBe(0);
      expect(seen.codes).toEqual(['TRACEHUB_DLQ_UNUSABLE']);
    },
  );

  it('stops what is safe at the entries it let through, until those are delivered', async () => {
    const clock = new FakeClock();
    const file = join(temporaryDirectory(), 'in-the-way');
    fs.writeFileSync(file, '');
    const { log, path } = await started(file, { clock });
    const entries = encodedEntries(4);
    for (const entry of entries.slice(0, 2)) log.add(entry);
    await log.write();
    fs.rmSync(file);
    await clock.advance(60_000);
    for (const entry of entries.slice(2)) log.add(entry);
    await log.write();
    expect(unmarked(path)).toEqual([[3, 4]]);
    expect(log.safe).toBe(0);
    entries[1]!.isSettled = true;
    expect(log.safe).toBe(0);
    entries[0]!.isSettled = true;
    expect(log.safe).toBe(4);
  });

  /** One entry is in the segment and delivered; its mark meets a disk that takes half of it. */
  async function withFailingMark() {
    const kit = await started(temporaryDirectory(), { interval: 0 });
    const [first, second] = [encodedEntry(1), encodedEntry(2)];
    kit.log.add(first);
    kit.log.done(first);
    const { writeSync } = fs;
    const mark = vi.spyOn(fs, 'writeSync').mockImplementationOnce((fd: number, data: unknown) => {
      writeSync(fd, (data as Buffer).subarray(0, 5));
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    return { ...kit, second, mark };
  }

  it('says of no entry that it is on disk which is cut away again with the stump of a mark', async () => {
    const { log, path, second, mark } = await withFailingMark();
    const { ftruncate } = fs;
    const cuts: (() => void)[] = [];
    vi.spyOn(fs, 'ftruncate').mockImplementation(((...given: Parameters<typeof ftruncate>) => {
      cuts.push(() => ftruncate(...given));
    }) as typeof ftruncate);
    const written = log.write();
    await vi.waitUntil(() => mark.mock.calls.length > 0);
    log.add(second);
    for (const cut of cuts) cut();
    await written;
    expect([log.keep(second), unmarked(path)]).toEqual([false, []]);
  });

  it('gets no entry behind a stump it did not take back', async () => {
    const { log, path, second, mark } = await withFailingMark();
    vi.spyOn(fs, 'ftruncateSync').mockImplementationOnce(() => {
      // Before anybody hears of the failure.
      queueMicrotask(() => log.add(second));
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    await log.write();
    expect(mark).toHaveBeenCalledTimes(2);
    expect([log.keep(second), unmarked(path)]).toEqual([true, [[2]]]);
  });

  it('lets entries through that do not fit under the cap', async () => {
    const { log, seen, path } = await started(temporaryDirectory(), { maxDlqBytes: MiB });
    const entries = Array.from({ length: 12 }, (_, index) =>
      encodedEntry(index + 1, { message: 'x'.repeat(100_000) }),
    );
    for (const entry of entries) log.add(entry);
    await log.write();
    expect(entries.every(({ isWritten }) => isWritten)).toBe(true);
    expect([log.safe, segments(path), seen.codes]).toEqual([0, [], []]);
  });
});
