import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { entryLine } from '../../../test/kit/encoded-entries.ts';
import { SEGMENT_HEADER } from '../src/dead-letters/segment-format.ts';
import { FakeClock } from './fake-clock.ts';
import { createQueue, files, replayAll, segments } from './stages.ts';
import { encodedEntries, encodedEntry, range, temporaryDirectory } from './support.ts';

describe('dead letters', () => {
  it('come back exactly as they were written, in order, and are deleted then', async () => {
    const { queue, directory } = createQueue(temporaryDirectory());
    await queue.start();
    const entries = [...encodedEntries(5), encodedEntry(6, { message: '漢\n😀"\\\u2028' })];
    expect(await queue.append(entries.slice(0, 4))).toBe('kept');
    expect(await queue.append(entries.slice(4))).toBe('kept');
    const claim = await queue.claim();
    expect(claim?.entries.map(({ json }) => json)).toEqual(entries.map(({ json }) => json));
    expect(queue.ownCount(claim!)).toBe(6);
    await queue.finish(claim!);
    expect(await queue.claim()).toBeUndefined();
    expect(segments(directory.path)).toEqual([]);
  });

  it('can be written before the call returns, and come after those before them', async () => {
    const { queue } = createQueue(temporaryDirectory());
    await queue.start();
    await queue.append(encodedEntries(2));
    expect(queue.appendSync(encodedEntries(2, 3))).toEqual({ kept: 2, result: 'kept' });
    expect((await replayAll(queue)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  it('written before anything was opened are found too', async () => {
    const path = temporaryDirectory();
    createQueue(path).queue.appendSync(encodedEntries(3));
    const next = createQueue(path).queue;
    await next.start();
    expect(await replayAll(next)).toEqual([1, 2, 3]);
  });

  it('are found by the next process, oldest first, after a close', async () => {
    const path = temporaryDirectory();
    for (let run = 0; run < 12; run++) {
      const { queue, directory } = createQueue(path);
      await queue.start();
      await queue.append([encodedEntry(run + 1)]);
      await queue.close();
      expect(files(directory.path).every((file) => file.endsWith('.seg'))).toBe(true);
    }
    const { queue } = createQueue(path);
    await queue.start();
    expect(await replayAll(queue)).toEqual(range(1, 12));
  });

  it('come back in numeric order, whatever the clock said', async () => {
    const path = temporaryDirectory();
    const { queue, directory } = createQueue(path);
    await queue.start();
    for (const [number, seq] of [
      [10_000_000, 3],
      [9, 1],
      [9_999_999, 2],
    ] as const) {
      const name = `${String(number).padStart(12, '0')}-${'0'.repeat(16)}.seg`;
      fs.writeFileSync(join(directory.path, name), SEGMENT_HEADER + entryLine(encodedEntry(seq).json));
    }
    const next = createQueue(path).queue;
    await next.start();
    expect(await replayAll(next)).toEqual([1, 2, 3]);
  });

  it('are private to the user, and hold no key', async () => {
    const path = join(temporaryDirectory(), 'dlq');
    const { queue, directory } = createQueue(path, { apiKey: 'th_very_secret' });
    await queue.start();
    await queue.append(encodedEntries(2));
    await queue.reject([encodedEntry(3)], 'status 400');
    queue.appendSync(encodedEntries(2, 4));
    expect(fs.statSync(directory.path).mode & 0o777).toBe(0o700);
    const all = fs
      .readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile());
    expect(all.length).toBeGreaterThanOrEqual(4);
    for (const file of all) {
      const name = join(file.parentPath, file.name);
      expect(fs.statSync(name).mode & 0o777).toBe(0o600);
      expect(name + fs.readFileSync(name, 'utf8')).not.toContain('th_very_secret');
    }
  });

  it('the server refused are kept with the reason and never replayed', async () => {
    const { queue, directory } = createQueue(temporaryDirectory());
    await queue.start();
    const entries = encodedEntries(2);
    expect(await queue.reject(entries, 'status "400"')).toBe('kept');
    expect(await queue.claim()).toBeUndefined();
    const [file = ''] = files(join(directory.path, 'rejected'));
    const lines = fs
      .readFileSync(join(directory.path, 'rejected', file), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      entries.map(({ json }) => ({
        reason: 'status "400"',
        at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        entry: JSON.parse(json) as unknown,
      })),
    );
  });

  it.each([
    ['opened', 0],
    ['given room', 2],
    ['written', 2],
  ] as const)(
    'that were spilled while the segment was being %s come back once, and count once: %i are marked as done',
    async (step, marked) => {
      const { queue, directory } = createQueue(temporaryDirectory());
      await queue.start();
      const entries = encodedEntries(4);
      const spill = vi.fn<() => void>(() => {
        queue.appendSync(entries.slice(1, 3));
        for (const entry of entries.slice(1, 3)) entry.isSettled = true;
      });
      if (step === 'opened') spillIn(directory, 'create', spill);
      else if (step === 'given room') spillIn(directory, 'makeRoom', spill);
      else {
        const create = directory.create.bind(directory);
        directory.create = async () => {
          const writer = await create();
          spillIn(writer, 'append', spill);
          return writer;
        };
      }
      expect(await queue.append(entries)).toBe('kept');
      expect(await queue.append([encodedEntry(5)])).toBe('kept');
      expect(spill).toHaveBeenCalledTimes(1);
      await queue.close();
      expect([...directory.own.values()].toSorted((a, b) => a - b)).toEqual([2, 3]);
      const text = segments(directory.path).map((file) =>
        fs.readFileSync(join(directory.path, file), 'utf8'),
      );
      expect(text.join('').match(/^=/gm) ?? []).toHaveLength(marked);
      expect((await replayAll(queue)).toSorted((a, b) => a - b)).toEqual(range(1, 5));
    },
  );

  it('put back are claimed again, without what was done of them', async () => {
    const path = temporaryDirectory();
    const { queue } = createQueue(path);
    await queue.start();
    await queue.append(encodedEntries(4));
    const claim = (await queue.claim())!;
    await queue.progress(claim, claim.entries.slice(0, 2));
    await queue.release(claim, 2);
    const again = (await queue.claim())!;
    expect(again.entries.map(({ json }) => json)).toEqual(encodedEntriesJson(claim.entries.slice(2)));
    expect(queue.ownCount(again)).toBe(2);
    await queue.release(again, 2);
    await queue.close();
    const next = createQueue(path).queue;
    await next.start();
    expect(await replayAll(next)).toEqual([3, 4]);
  });
});

/** Calls `spill` while the next call of `method` is under way. */
function spillIn<Name extends string>(
  owner: Record<Name, (...args: never[]) => Promise<unknown>>,
  method: Name,
  spill: () => void,
): void {
  const original = owner[method];
  owner[method] = async (...args) => {
    owner[method] = original;
    const result = original.apply(owner, args);
    spill();
    return result;
  };
}

function encodedEntriesJson(entries: readonly { json: string }[]): string[] {
  return entries.map(({ json }) => json);
}

describe('a directory that cannot be used', () => {
  it('is warned about once, refuses for a minute and is tried again then', async () => {
    const root = temporaryDirectory();
    const path = join(root, 'file-in-the-way');
    fs.writeFileSync(path, '');
    const clock = new FakeClock();
    const { queue, seen } = createQueue(path, { clock });
    await queue.start();
    expect(queue.isUsable).toBe(false);
    expect(await queue.append(encodedEntries(1))).toBe('dlq-error');
    expect(await queue.reject(encodedEntries(1), 'r')).toBe('dlq-error');
    expect(queue.appendSync(encodedEntries(2))).toEqual({ kept: 0, result: 'dlq-error' });
    expect(await queue.claim()).toBeUndefined();
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_UNUSABLE']);
    expect(seen.all[0]?.message).toMatch(/cannot be opened: .*(EEXIST|ENOTDIR)/);
    fs.rmSync(path);
    await clock.advance(60_000);
    expect(queue.isUsable).toBe(true);
    expect(await queue.append(encodedEntries(1))).toBe('kept');
    expect(await replayAll(queue)).toEqual([1]);
  });

  it('is made again when it was deleted while running', async () => {
    const { queue, directory, seen } = createQueue(temporaryDirectory());
    await queue.start();
    await queue.append(encodedEntries(2));
    fs.rmSync(directory.path, { recursive: true });
    expect(await queue.append(encodedEntries(2, 3))).toBe('kept');
    expect(await replayAll(queue)).toEqual([3, 4]);
    expect(seen.codes).toEqual([]);
  });
});

describe('a directory that is deleted while running', () => {
  it('costs the letters in it, which are counted, and none that come after', async () => {
    const { queue, directory, lost } = createQueue(temporaryDirectory());
    await queue.start();
    await queue.append(encodedEntries(3));
    fs.rmSync(directory.root, { recursive: true });
    expect(await queue.append(encodedEntries(2, 4))).toBe('kept');
    expect(lost).toEqual({ own: 3, others: 0, deleted: 3 });
    expect(queue.isUsable).toBe(true);
    expect(await replayAll(queue)).toEqual([4, 5]);
  });
});

describe('letters of another destination', () => {
  it('are mentioned once, left alone and not sent', async () => {
    const path = temporaryDirectory();
    const other = createQueue(path, { apiKey: 'th_other' });
    await other.queue.start();
    await other.queue.append(encodedEntries(2));
    await other.queue.close();
    const { queue, directory, seen } = createQueue(path);
    await queue.start();
    expect(directory.path).not.toBe(other.directory.path);
    expect(await replayAll(queue)).toEqual([]);
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_OTHER_DESTINATION']);
    expect(seen.all[0]?.message).toContain('tracehub dlq adopt');
    expect(segments(other.directory.path)).toHaveLength(1);
  });

  it('are not mentioned when there are none', async () => {
    const path = temporaryDirectory();
    await createQueue(path, { apiKey: 'th_other' }).queue.start();
    const { queue, seen } = createQueue(path);
    await queue.start();
    expect(seen.codes).toEqual([]);
  });

  it('are not suspected in a file that is named like a destination', async () => {
    const path = temporaryDirectory();
    fs.writeFileSync(join(path, '0123456789abcdef'), '');
    const { queue, seen } = createQueue(path);
    await queue.start();
    expect([queue.isUsable, seen.codes]).toEqual([true, []]);
  });
});
