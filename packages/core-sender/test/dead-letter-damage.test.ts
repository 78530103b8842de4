import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { entryLine } from '../../../test/kit/encoded-entries.ts';
import { SEGMENT_HEADER } from '../src/dead-letters/segment-format.ts';
import { createQueue, files, replayAll, segments } from './stages.ts';
import { encodedEntries, temporaryDirectory } from './support.ts';

describe('damage', () => {
  async function queueOver(
    name: string,
    data: string,
    make = (path: string): void => fs.writeFileSync(path, data),
  ) {
    const kit = createQueue(temporaryDirectory());
    await kit.queue.start();
    make(join(kit.directory.path, name));
    const next = createQueue(kit.directory.root);
    await next.queue.start();
    return next;
  }
  const NAME = `000000000001-${'a'.repeat(16)}-3-100.seg`;
  const [one, two, three] = encodedEntries(3).map(({ json }) => entryLine(json));

  it('of one line costs that line only; the file is kept in quarantine, with a warning', async () => {
    const { queue, directory, seen } = await queueOver(
      NAME,
      `${SEGMENT_HEADER}${one}${two!.replace('message', 'massage')}${three}`,
    );
    expect(await replayAll(queue)).toEqual([1, 3]);
    expect(files(join(directory.path, 'quarantine'))).toEqual([NAME]);
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_DAMAGED']);
    expect(segments(directory.path)).toEqual([]);
  });

  it('of a torn tail costs the torn line only', async () => {
    const { queue } = await queueOver(NAME, `${SEGMENT_HEADER}${one}${two}${three!.slice(0, -20)}`);
    expect(await replayAll(queue)).toEqual([1, 2]);
  });

  it('of a torn tail does not swallow the mark of what is done', async () => {
    const { queue } = await queueOver(NAME, `${SEGMENT_HEADER}${one}${two}${three!.slice(0, -20)}`);
    const claim = (await queue.claim())!;
    await queue.progress(claim, claim.entries.slice(0, 1));
    await queue.release(claim, 0);
    expect(await replayAll(queue)).toEqual([2]);
  });

  it('that left an empty file costs nothing and leaves nothing', async () => {
    const { queue, directory } = await queueOver(NAME, '');
    expect(await replayAll(queue)).toEqual([]);
    expect(segments(directory.path)).toEqual([]);
  });

  it('that keeps a segment from being read puts it into quarantine, and the others are replayed', async () => {
    const { queue, directory, seen } = await queueOver(NAME, '', (path) => fs.mkdirSync(path));
    await queue.append(encodedEntries(1));
    expect(await replayAll(queue)).toEqual([1]);
    expect(queue.isUsable).toBe(true);
    expect(files(join(directory.path, 'quarantine'))).toEqual([NAME]);
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_DAMAGED']);
    expect(seen.all[0]?.message).toContain('it is no file');
    expect(segments(directory.path)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'is a pipe by the name of a segment: nobody waits for it',
    async () => {
      const { queue, seen } = await queueOver(NAME, '', (path) => execFileSync('mkfifo', [path]));
      await queue.append(encodedEntries(1));
      expect(await replayAll(queue)).toEqual([1]);
      expect(seen.all[0]?.message).toContain('it is no file');
    },
  );

  it('is a file larger than any segment: it is not read', async () => {
    const { queue, seen } = await queueOver(NAME, '', (path) => {
      fs.writeFileSync(path, SEGMENT_HEADER);
      fs.truncateSync(path, 200 * 2 ** 20);
    });
    await queue.append(encodedEntries(1));
    expect(await replayAll(queue)).toEqual([1]);
    expect(seen.all[0]?.message).toContain('more than any segment');
  });

  it('is a name with the highest number of twelve digits: those that follow are found again', async () => {
    const { queue, directory } = await queueOver('999999999999-aaaa.seg', `${SEGMENT_HEADER}${one}`);
    await queue.append(encodedEntries(1));
    await queue.close();
    expect(segments(directory.path).some((file) => /^\d{13}-/.test(file))).toBe(true);
    const next = createQueue(join(directory.path, '..')).queue;
    await next.start();
    expect((await replayAll(next)).length).toBe(2);
  });

  it("is not seen in another user's segment: it is left, and neither stops the others nor new dead letters", async () => {
    const { queue, directory, seen } = await queueOver(NAME, `${SEGMENT_HEADER}${one}`);
    await queue.append(encodedEntries(2));
    const { readFile } = fs.promises;
    const reading = vi
      .spyOn(fs.promises, 'readFile')
      .mockImplementation(((path: string, ...rest: []) =>
        path.includes(NAME)
          ? Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }))
          : readFile(path, ...rest)) as typeof readFile);
    onTestFinished(() => reading.mockRestore());
    expect(await replayAll(queue)).toEqual([1, 2]);
    expect(queue.isUsable).toBe(true);
    expect(await queue.append(encodedEntries(1, 3))).toBe('kept');
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_DAMAGED']);
    expect(seen.all[0]?.message).toContain('left where it is');
    expect(segments(directory.path)).toContain(NAME);
  });

  it.each([
    ['cannot be read', '', (path: string) => fs.mkdirSync(path), [1]],
    ['has damaged lines', `${SEGMENT_HEADER}${one}garbage\n`, undefined, [1, 1]],
  ])('that finds no quarantine costs the segment its place only: it %s', async (_, data, make, sent) => {
    const { queue, directory, seen } = await queueOver(NAME, data, make);
    fs.writeFileSync(join(directory.path, 'quarantine'), 'a file');
    await queue.append(encodedEntries(1));
    expect(await replayAll(queue)).toEqual(sent);
    expect(queue.isUsable).toBe(true);
    expect(seen.codes).toEqual(['TRACEHUB_DLQ_DAMAGED']);
    expect(segments(directory.path)).toEqual([NAME]);
    const next = createQueue(directory.root);
    await next.queue.start();
    // Not again with each look at it.
    expect(await replayAll(next.queue)).toEqual([]);
    expect(segments(directory.path)).toEqual([NAME]);
  });

  it('is not seen in a segment of a newer version: it is left alone', async () => {
    const { queue, directory } = await queueOver(NAME, 'tracehub-segment 2\nnew\n');
    await queue.append(encodedEntries(1));
    expect(await replayAll(queue)).toEqual([1]);
    await queue.append(encodedEntries(1, 2));
    expect(await replayAll(queue)).toEqual([2]);
    expect(fs.readFileSync(join(directory.path, NAME), 'utf8')).toBe('tracehub-segment 2\nnew\n');
  });

  it("is not seen in foreign files, such as those of TraceHub's Python SDK", async () => {
    const kit = createQueue(temporaryDirectory());
    const foreign = join(kit.directory.root, 'failed_2026-01-01T00-00-00.jsonl');
    fs.writeFileSync(foreign, '{}');
    await kit.queue.start();
    fs.writeFileSync(join(kit.directory.path, 'notes.txt'), 'x');
    await kit.queue.append(encodedEntries(1));
    expect(await replayAll(kit.queue)).toEqual([1]);
    expect(fs.existsSync(foreign) && fs.existsSync(join(kit.directory.path, 'notes.txt'))).toBe(true);
    expect(kit.seen.codes).toEqual([]);
  });
});
