import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createQueue, files, replayAll, segments } from './stages.ts';
import { encodedEntry, range, temporaryDirectory } from './support.ts';

const MiB = 1024 * 1024;

/** Bytes of a line in rejected/ beside the entry. */
const REJECTED_OVERHEAD = '{"reason":"status 400","at":"2026-11-22T10:00:00.000Z","entry":}\n'.length;

describe('the cap', () => {
  it('drops the oldest segments first and counts those of this sender', async () => {
    const { queue, directory, seen, evicted } = createQueue(temporaryDirectory(), { maxDlqBytes: MiB });
    await queue.start();
    for (let seq = 1; seq <= 40; seq++) {
      expect(await queue.append([encodedEntry(seq, { message: 'x'.repeat(60_000) })])).toBe('kept');
      const bytes = files(directory.path).map((file) => fs.statSync(join(directory.path, file)).size);
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MiB + 2_000);
    }
    const dropped = evicted();
    expect(dropped).toBeGreaterThan(20);
    expect(await replayAll(queue)).toEqual(range(dropped + 1, 40));
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_FULL']);
  });

  it('makes room without holding up the app: nothing synchronous', async () => {
    const { queue, evicted } = createQueue(temporaryDirectory(), { maxDlqBytes: MiB });
    await queue.start();
    const spies = (['unlinkSync', 'statSync', 'writeFileSync', 'rmSync', 'openSync'] as const).map((name) =>
      vi.spyOn(fs, name),
    );
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
    for (let seq = 1; seq <= 20; seq++) {
      expect(await queue.append([encodedEntry(seq, { message: 'x'.repeat(119_000) })])).toBe('kept');
    }
    expect(evicted()).toBe(12);
    await queue.close();
    expect(spies.map((spy) => spy.mock.calls)).toEqual(spies.map(() => []));
  });

  it('is kept at the exit of the process as well', async () => {
    const { queue, directory, evicted } = createQueue(temporaryDirectory(), { maxDlqBytes: MiB });
    await queue.start();
    const large = range(1, 20).map((seq) => encodedEntry(seq, { message: 'x'.repeat(119_000) }));
    expect(queue.appendSync(large)).toEqual({ kept: 20, result: 'kept' });
    expect(evicted()).toBe(12);
    expect([...directory.own.values()]).toEqual(Array.from({ length: 8 }, () => 1));
    expect(segments(directory.path)).toHaveLength(8);
    expect(await replayAll(queue)).toEqual(range(13, 20));
  });

  it('costs no look at all segments for each that is dropped: short-lived processes leave very many', async () => {
    const { queue, directory } = createQueue(temporaryDirectory(), { maxDlqBytes: MiB });
    await queue.start();
    const [count, bytes] = [2_000, 524];
    for (const n of range(1, count)) {
      const name = `${String(n).padStart(12, '0')}-${'a'.repeat(16)}-1-${bytes}.seg`;
      fs.writeFileSync(join(directory.path, name), '');
    }
    await directory.scan();
    const names = vi.spyOn(RegExp.prototype, 'exec');
    onTestFinished(() => names.mockRestore());
    const large = range(1, 7).map((seq) => encodedEntry(seq, { message: 'x'.repeat(119_000) }));
    names.mockClear();
    expect(queue.appendSync(large)).toEqual({ kept: 7, result: 'kept' });
    expect(names.mock.calls.length).toBeLessThan(count * 10);
    const sizes = segments(directory.path).map((name) => Number(/(\d+)\.seg$/.exec(name)?.[1]));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThanOrEqual(MiB);
    expect(total).toBeGreaterThan(MiB - bytes);
  });

  it.each(['append', 'appendSync'] as const)(
    'counts, and can drop, a segment whose name does not say its size: %s',
    async (append) => {
      const path = temporaryDirectory();
      const { queue, directory } = createQueue(path, { maxDlqBytes: MiB });
      await queue.start();
      // What a process that was killed had open.
      const name = `000000000001-${'a'.repeat(16)}.open`;
      fs.writeFileSync(join(directory.path, name), 'x'.repeat(600_000));
      const next = createQueue(path, { maxDlqBytes: MiB });
      await next.queue.start();
      expect(segments(directory.path)).toEqual([name.replace('.open', '.seg')]);
      const { catalog } = next.directory;
      expect([catalog.bytes, catalog.sealedBytes]).toEqual([600_000, 600_000]);
      const letters = range(1, 5).map((seq) => encodedEntry(seq, { message: 'x'.repeat(100_000) }));
      const appended = await next.queue[append](letters);
      expect(appended).toEqual(append === 'append' ? 'kept' : { kept: 5, result: 'kept' });
      expect([next.evicted(), next.seen.codes]).toEqual([0, ['TRACEHUB_DLQ_FULL']]);
      expect(await replayAll(next.queue)).toEqual(range(1, 5));
      expect(catalog.bytes).toBe(0);
    },
  );

  it('does not count letters of an earlier process as this one gives up', async () => {
    const path = temporaryDirectory();
    const earlier = createQueue(path, { maxDlqBytes: MiB });
    await earlier.queue.start();
    await earlier.queue.append(range(1, 8).map((seq) => encodedEntry(seq, { message: 'x'.repeat(120_000) })));
    await earlier.queue.close();
    const { queue, evicted } = createQueue(path, { maxDlqBytes: MiB });
    await queue.start();
    expect(await queue.append([encodedEntry(9, { message: 'x'.repeat(120_000) })])).toBe('kept');
    expect(evicted()).toBe(0);
    expect(await replayAll(queue)).toEqual([9]);
  });

  it('refuses what would not fit an empty directory', async () => {
    const { queue, seen } = createQueue(temporaryDirectory(), { maxDlqBytes: MiB });
    await queue.start();
    const huge = range(1, 12).map((seq) => encodedEntry(seq, { message: 'x'.repeat(100_000) }));
    expect(await queue.append(huge)).toBe('dlq-full');
    expect(seen.codes).toEqual([]);
  });

  it('counts nothing as given up when another process has taken the segment', async () => {
    const path = temporaryDirectory();
    const { queue, seen, evicted } = createQueue(path, { maxDlqBytes: MiB });
    await queue.start();
    const large = (seq: number) => [encodedEntry(seq, { message: 'x'.repeat(119_000) })];
    // Each second append fills a segment; the last one is open and stays this owner's.
    for (let seq = 1; seq <= 7; seq++) await queue.append(large(seq));
    const other = createQueue(path, { maxDlqBytes: MiB }).queue;
    await other.start();
    expect(await replayAll(other)).toEqual(range(1, 6));
    for (let seq = 8; seq <= 10; seq++) expect(await queue.append(large(seq))).toBe('kept');
    expect([evicted(), seen.codes]).toEqual([0, []]);
    expect(await replayAll(queue)).toEqual(range(7, 10));
  });

  it('holds for what is in rejected/ and quarantine/ too, after a restart as well', async () => {
    const path = temporaryDirectory();
    const first = createQueue(path, { maxDlqBytes: MiB });
    await first.queue.start();
    const refused = range(1, 2).map((seq) => encodedEntry(seq, { message: 'x'.repeat(110_000) }));
    expect(await first.queue.reject(refused, 'status 400')).toBe('kept');
    await first.queue.close();
    fs.mkdirSync(join(first.directory.path, 'quarantine'));
    fs.writeFileSync(join(first.directory.path, 'quarantine', 'damaged'), 'x'.repeat(630_000));
    const { queue, directory } = createQueue(path, { maxDlqBytes: MiB });
    await queue.start();
    expect(directory.catalog.bytes).toBe(
      630_000 + refused.reduce((sum, { bytes }) => sum + bytes, 0) + 2 * REJECTED_OVERHEAD,
    );
    expect(await queue.append(refused.slice(0, 1))).toBe('kept');
    expect(fs.readdirSync(join(directory.path, 'quarantine'))).toHaveLength(1);
    // What could be read of a damaged segment was sent: it has to go before a letter does.
    expect(await queue.append(refused.slice(1, 2))).toBe('kept');
    expect(fs.readdirSync(join(directory.path, 'quarantine'))).toEqual([]);
    expect(fs.readdirSync(join(directory.path, 'rejected'))).toHaveLength(1);
  });

  it('is over what others write into the directory, too: each looks with every segment it begins', async () => {
    const path = temporaryDirectory();
    const queues = Array.from({ length: 4 }, () => createQueue(path, { maxDlqBytes: MiB }));
    for (const { queue } of queues) await queue.start();
    for (let round = 0; round < 40; round++) {
      for (const { queue } of queues)
        await queue.append([encodedEntry(round, { message: 'x'.repeat(20_000) })]);
    }
    const directory = queues[0]!.directory.path;
    const bytes = segments(directory).reduce((sum, file) => sum + fs.statSync(join(directory, file)).size, 0);
    // What each has written since it looked last is at most one segment, an eighth of the cap.
    expect(bytes).toBeLessThanOrEqual(MiB * 1.5 + 4 * 21_000);
    expect(bytes).toBeGreaterThan(MiB / 2);
  });

  it('tells how many letters of earlier processes it cost', async () => {
    const path = temporaryDirectory();
    const first = createQueue(path, { maxDlqBytes: MiB });
    await first.queue.start();
    const large = (count: number) =>
      range(1, count).map((seq) => encodedEntry(seq, { message: 'x'.repeat(10_000) }));
    for (const entry of large(60)) await first.queue.append([entry]);
    await first.queue.close();
    const { queue, lost } = createQueue(path, { maxDlqBytes: MiB });
    await queue.start();
    for (const entry of large(80)) await queue.append([entry]);
    await queue.close();
    const left = (await replayAll(createQueue(path).queue)).length;
    expect(lost.others).toBe(60 + 80 - left - lost.own);
    expect(lost.others).toBeGreaterThan(0);
  });

  it('does not believe a size in a name that no segment has', async () => {
    const path = temporaryDirectory();
    const { queue, directory } = createQueue(path, { maxDlqBytes: MiB });
    await queue.start();
    await queue.append([encodedEntry(1)]);
    await queue.close();
    fs.writeFileSync(join(directory.path, '000000000900-aa-1-999999999999.seg'), 'x');
    const next = createQueue(path, { maxDlqBytes: MiB });
    await next.queue.start();
    expect(await next.queue.append([encodedEntry(2)])).toBe('kept');
    expect(await replayAll(next.queue)).toEqual([1, 2]);
  });

  it('leaves rejected/ no more than a quarter, and drops nothing for it', async () => {
    const { queue, seen } = createQueue(temporaryDirectory(), { maxDlqBytes: MiB });
    await queue.start();
    await queue.append([encodedEntry(1)]);
    const large = (seq: number) => [encodedEntry(seq, { message: 'x'.repeat(110_000) })];
    const results = [];
    for (let seq = 2; seq <= 4; seq++) results.push(await queue.reject(large(seq), 'status 400'));
    expect(results).toEqual(['kept', 'kept', 'dlq-full']);
    expect(await replayAll(queue)).toEqual([1]);
    expect(seen.codes).toEqual([]);
  });
});
