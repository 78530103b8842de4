import fs from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { decodeSegment } from '../src/dead-letters/segment-format.ts';
import { createDurableLog, createQueue, segments, seqOf } from './stages.ts';
import { encodedEntries, temporaryDirectory, until } from './support.ts';

const libraries = vi.hoisted(() => ({ areThere: false }));

vi.mock(import('../src/load-library.ts'), async (importOriginal) => {
  const { loadLibrary } = await importOriginal();
  return {
    loadLibrary: (...given) =>
      libraries.areThere ? loadLibrary(...given) : Promise.reject(new Error('EMFILE')),
  };
});

const { writeSync } = fs;

/** Writes that reach the disk, and of which nothing is heard any more until the end of the test. */
function plantLastWrites() {
  const write = vi.spyOn(fs, 'write').mockImplementation(((fd: number, data: Buffer, callback: Callback) => {
    const written = writeSync(fd, data);
    afterTest(() => {
      write.mockRestore();
      callback(null, written);
    });
  }) as typeof fs.write);
  return write;
}

type Callback = (error: null, written: number) => void;

function seqsBySegment(path: string): number[][] {
  return segments(path).map((file) => {
    expect(file).toMatch(/\.seg$/);
    const { entries, damagedLines } = decodeSegment(fs.readFileSync(join(path, file)));
    expect(damagedLines).toBe(0);
    return entries.map(({ json }) => seqOf(json));
  });
}

// Once loaded it stays so.
describe.each([
  ['without sonic-boom', false],
  ['with it', true],
])('an append under way at the exit, %s', (_, areThere) => {
  beforeAll(() => void (libraries.areThere = areThere));

  it('of durable entries is left alone, and what comes then has a segment of its own', async () => {
    const { log, queue, directory } = createDurableLog(temporaryDirectory());
    await queue.start();
    const entries = encodedEntries(5);
    const write = plantLastWrites();
    for (const entry of entries.slice(0, 3)) log.add(entry);
    void log.write();
    await until(() => write.mock.calls.length === 1, 'the write');
    for (const entry of entries.slice(3)) log.add(entry);
    log.writeSync();
    expect(entries.map((entry) => log.keep(entry))).toEqual([false, false, false, true, true]);
    expect(queue.appendSync(entries.slice(0, 3))).toEqual({ kept: 3, result: 'kept' });
    log.closeSync();
    queue.closeSync();
    expect(seqsBySegment(directory.path)).toEqual([
      [1, 2, 3],
      [4, 5],
      [1, 2, 3],
    ]);
  });

  it('of dead letters is left alone, and all of it is kept once more', async () => {
    const { queue, directory } = createQueue(temporaryDirectory());
    await queue.start();
    const entries = encodedEntries(5);
    expect(await queue.append(entries.slice(0, 1))).toBe('kept');
    const write = plantLastWrites();
    void queue.append(entries.slice(1, 3));
    await until(() => write.mock.calls.length === 1, 'the write');
    expect(queue.appendSync(entries.slice(1))).toEqual({ kept: 4, result: 'kept' });
    queue.closeSync();
    expect(seqsBySegment(directory.path)).toEqual([
      [1, 2, 3],
      [2, 3, 4, 5],
    ]);
  });
});
