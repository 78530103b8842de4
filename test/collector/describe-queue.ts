import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Queue } from '../../packages/collector/src/queue/queue.ts';
import type { RowBatch } from '../../packages/collector/src/store/row-batch.ts';

/** A batch whose lines say which it is. */
export const batch = (name: string, count = 1): RowBatch => ({
  lines: Buffer.from(`${name}\n`.repeat(count)),
  count,
  months: ['2026-11', '2027-01'],
});

/** A consumer that takes note of what it is given. */
export function recorder(): { given: string[]; store: (group: readonly RowBatch[]) => Promise<[][]> } {
  const given: string[] = [];
  return {
    given,
    store: async (group) => {
      given.push(...group.map(({ lines }) => lines.toString().split('\n', 1)[0] as string));
      return group.map(() => []);
    },
  };
}

/** What every queue must do. `open` gives an empty one. */
export function describeQueue(name: string, open: () => Promise<Queue>): void {
  describe(`the queue ${name}`, () => {
    let queue: Queue;
    afterEach(() => queue.close());

    it('hands on what was published, once and byte for byte', async () => {
      queue = await open();
      const seen: RowBatch[] = [];
      queue.consume(async (group) => {
        seen.push(...group);
        return group.map(() => []);
      });
      const all = [batch('a'), batch('ü😀\\t', 700), batch('c', 700)];
      expect(await queue.publish(all)).toEqual([[], [], []]);
      await vi.waitFor(() => expect(seen).toHaveLength(3));
      expect(seen).toEqual(all);
    });

    it('keeps what is published before anybody consumes, and says how much', async () => {
      queue = await open();
      const { given, store } = recorder();
      const published = queue.publish([batch('a'), batch('b'), batch('c')]);
      await vi.waitFor(async () => expect(await queue.depth()).toBe(3), 5000);
      queue.consume(store);
      await published;
      await vi.waitFor(async () => expect(await queue.depth()).toBe(0), 5000);
      expect(given).toEqual(['a', 'b', 'c']);
    });

    it('gives groups no larger than a transaction should be, and never none', async () => {
      queue = await open();
      const counts: number[] = [];
      const published = queue.publish([batch('a', 600), batch('b', 400), batch('c', 1), batch('d', 3000)]);
      await vi.waitFor(async () => expect(await queue.depth()).toBe(4), 5000);
      queue.consume(async (group) => {
        counts.push(group.reduce((sum, { count }) => sum + count, 0));
        return group.map(() => []);
      });
      await published;
      await vi.waitFor(() => expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4001), 5000);
      for (const count of counts) expect([600, 400, 1000, 1, 401, 3000]).toContain(count);
    });

    it('loses nothing when storing fails: the publisher hears of it, or the batch comes again', async () => {
      queue = await open();
      const stored: string[] = [];
      let failures = 3;
      queue.consume(async (group) => {
        if ((failures -= 1) >= 0) throw new Error('cannot store');
        stored.push(...group.map(({ lines }) => lines.toString().trimEnd()));
        return group.map(() => []);
      });
      for (let attempt = 1; attempt <= 10; attempt += 1) {
        const isTaken = await queue.publish([batch('a')]).then(
          () => true,
          () => false,
        );
        if (isTaken) break;
      }
      await vi.waitFor(() => expect(stored).toEqual(['a']), 5000);
    });

    it('finishes what is being stored when it is closed, and gives nothing more', async () => {
      queue = await open();
      const { given, store } = recorder();
      let begin: (() => void) | undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      queue.consume(async (group) => {
        begin?.();
        await new Promise((resolve) => setTimeout(resolve, 200));
        return await store(group);
      });
      const published = queue.publish([batch('a')]);
      await begun;
      await queue.close();
      expect(given).toEqual(['a']);
      await published;
    });

    it('says that it can be published to', async () => {
      queue = await open();
      expect(await queue.check()).toBeUndefined();
    });
  });
}
