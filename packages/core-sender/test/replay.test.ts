import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReplaySink, Replayer } from '../src/dead-letters/replayer.ts';
import { entryLine } from '../../../test/kit/encoded-entries.ts';
import { SEGMENT_HEADER, decodeSegment } from '../src/dead-letters/segment-format.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import type { BatchOwner } from '../src/send/delivery.ts';
import { type QueueKit, createQueue, files, segments, seqOf } from './stages.ts';
import { encodedEntries, encodedEntry, range, temporaryDirectory, until } from './support.ts';

const seqs = (entries: readonly { json: string }[]): number[] => entries.map(({ json }) => seqOf(json));

/** What is still to be delivered according to the one segment in the directory, as a next process would see it. */
function left({ directory }: QueueKit): number[] {
  const [file = ''] = segments(directory.path);
  return seqs(decodeSegment(fs.readFileSync(join(directory.path, file))).entries);
}

/** Answers each batch as `answer` says, and writes the calls down. */
class Sink implements ReplaySink {
  readonly limits = { entries: 2, bytes: 1_000_000 };
  open = true;
  readonly batches: number[][] = [];
  readonly counts: [what: 'replayed' | 'rejected', count: number, own: number][] = [];
  givenUpOwn = 0;
  readonly failures: unknown[] = [];
  readonly #answer: (entries: readonly EncodedEntry[], owner: BatchOwner) => unknown;

  constructor(answer: (entries: readonly EncodedEntry[], owner: BatchOwner) => unknown = deliverAll) {
    this.#answer = answer;
  }

  isOpen = (): boolean => this.open;
  turn = (): Promise<void> => Promise.resolve();
  now = (): number => 0;
  wall = (): number => Date.now();
  replayed = (count: number, own: number): void => void this.counts.push(['replayed', count, own]);
  rejected = (count: number, own: number): void => void this.counts.push(['rejected', count, own]);
  givenUp = (_count: number, own: number): void => void (this.givenUpOwn += own);
  failed = (error: unknown): void => void this.failures.push(error);

  async deliver(entries: readonly EncodedEntry[], owner: BatchOwner): Promise<void> {
    this.batches.push(seqs(entries));
    await this.#answer(entries, owner);
  }
}

const deliverAll = (entries: readonly EncodedEntry[], owner: BatchOwner): void => owner.delivered(entries);

async function queueWith(count: number): Promise<QueueKit> {
  const kit = createQueue(temporaryDirectory());
  await kit.queue.start();
  await kit.queue.append(encodedEntries(count));
  return kit;
}

/** As short-lived processes leave them: a segment for each entry. */
async function queueWithSegments(count: number): Promise<QueueKit> {
  const kit = createQueue(temporaryDirectory());
  await kit.queue.start();
  for (const entry of encodedEntries(count)) kit.queue.appendSync([entry]);
  expect(segments(kit.directory.path)).toHaveLength(count);
  return kit;
}

/** Runs a replay until nothing waits any more, or the sink closes. */
async function replay(kit: QueueKit, sink: Sink): Promise<void> {
  const replayer = new Replayer(kit.queue, sink);
  replayer.start();
  while (segments(kit.directory.path).length > 0 && sink.open) await new Promise(setImmediate);
  await replayer.stop();
  expect(sink.failures).toEqual([]);
}

describe('a replay', () => {
  it('marks what is done batch by batch, so that a crash sends no more than one batch again', async () => {
    const kit = await queueWith(6);
    const seen: number[][] = [];
    const sink = new Sink((entries, owner) => {
      seen.push(left(kit));
      owner.delivered(entries);
    });
    await replay(kit, sink);
    expect(sink.batches).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(seen).toEqual([range(1, 6), range(3, 6), range(5, 6)]);
    expect(segments(kit.directory.path)).toEqual([]);
  });

  it("counts each batch as this sender's, no more than were", async () => {
    const kit = await queueWith(5);
    const sink = new Sink();
    await replay(kit, sink);
    expect(sink.counts).toEqual([
      ['replayed', 2, 2],
      ['replayed', 2, 2],
      ['replayed', 1, 1],
    ]);
  });

  it('that is stopped puts the rest back, marked', async () => {
    const kit = await queueWith(6);
    const sink = new Sink((entries, owner) => {
      owner.delivered(entries);
      sink.open = sink.batches.length < 2;
    });
    await replay(kit, sink);
    expect(left(kit)).toEqual([5, 6]);
    expect(segments(kit.directory.path)).toEqual([expect.stringMatching(/\.seg$/)]);
    expect([...kit.directory.own.values()]).toEqual([2]);
    sink.open = true;
    await replay(kit, sink);
    expect(sink.batches).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(sink.counts.map(([, , own]) => own)).toEqual([2, 2, 2]);
  });

  it('of which a part of a batch is delivered counts and sends that part once', async () => {
    const kit = await queueWith(3);
    const sink = new Sink(async (entries, owner) => {
      owner.delivered(entries.slice(0, 1));
      await owner.kept(entries.slice(1), 'status 503');
      sink.open = false;
    });
    await replay(kit, sink);
    expect(left(kit)).toEqual([2, 3]);
    expect(sink.counts).toEqual([['replayed', 1, 1]]);
    const rest = new Sink();
    await replay(kit, rest);
    expect(rest.batches).toEqual([[2, 3]]);
    expect(rest.counts).toEqual([['replayed', 2, 2]]);
  });

  it('of many small segments sends as many together as one batch takes', async () => {
    const kit = await queueWithSegments(5);
    const sink = new Sink();
    await replay(kit, sink);
    expect(sink.batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(sink.counts.map(([, , own]) => own)).toEqual([2, 2, 1]);
    expect(segments(kit.directory.path)).toEqual([]);
  });

  it('of segments that were sent together puts back what is left of each, in order and marked', async () => {
    const kit = await queueWithSegments(4);
    const sink = new Sink(async (entries, owner) => {
      owner.delivered(entries.slice(1));
      await owner.kept(entries.slice(0, 1), 'status 503');
      sink.open = false;
    });
    await replay(kit, sink);
    expect([...kit.directory.own.values()].toSorted((a, b) => a - b)).toEqual([0, 1, 1, 1]);
    expect(segments(kit.directory.path)).toHaveLength(4);
    const rest = new Sink();
    await replay(kit, rest);
    expect([...sink.batches, ...rest.batches]).toEqual([[1, 2], [1], [3, 4]]);
    expect(rest.counts.map(([, , own]) => own)).toEqual([1, 2]);
  });

  it('moves what is refused to rejected/, and the rest goes on', async () => {
    const kit = await queueWith(4);
    const sink = new Sink(async (entries, owner) => {
      const [first, ...others] = entries;
      await owner.rejected([first!], 'status 400');
      owner.delivered(others);
    });
    await replay(kit, sink);
    expect(sink.counts).toEqual([
      ['rejected', 1, 1],
      ['replayed', 1, 1],
      ['rejected', 1, 1],
      ['replayed', 1, 1],
    ]);
    const [file = ''] = files(join(kit.directory.path, 'rejected'));
    const lines = fs
      .readFileSync(join(kit.directory.path, 'rejected', file), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => seqOf(JSON.stringify((JSON.parse(line) as { entry: object }).entry)))).toEqual(
      [1, 3],
    );
  });

  it('gives up what is refused when rejected/ is full, and goes on with all others', async () => {
    const kit = createQueue(temporaryDirectory(), { maxDlqBytes: 1024 * 1024 });
    await kit.queue.start();
    const large = (seq: number): EncodedEntry => encodedEntry(seq, { message: 'x'.repeat(110_000) });
    expect(await kit.queue.reject([large(1), large(2)], 'status 400')).toBe('kept');
    for (const letter of [large(3), encodedEntry(4), encodedEntry(5)]) {
      expect(await kit.queue.append([letter])).toBe('kept');
    }
    const sink = new Sink(async (entries, owner) => {
      await owner.rejected(
        entries.filter(({ json }) => seqOf(json) === 3),
        'status 400',
      );
      owner.delivered(entries.filter(({ json }) => seqOf(json) !== 3));
    });
    await replay(kit, sink);
    expect(sink.batches.flat()).toEqual([3, 4, 5]);
    expect(sink.givenUpOwn).toBe(1);
    expect(sink.counts.filter(([what]) => what === 'replayed')).toEqual([
      ['replayed', 1, 1],
      ['replayed', 1, 1],
    ]);
  });

  it('that is asked for while another puts its segment back follows it', async () => {
    const kit = await queueWith(2);
    const sink: Sink = new Sink(async (entries, owner) => {
      if (sink.batches.length > 1) return owner.delivered(entries);
      sink.open = false;
      await owner.kept(entries, 'status 503');
    });
    const replayer = new Replayer(kit.queue, sink);
    const release = kit.queue.release.bind(kit.queue);
    kit.queue.release = async (claim, ownLeft) => {
      await release(claim, ownLeft);
      // The gate opens.
      sink.open = true;
      replayer.start();
    };
    replayer.start();
    await until(() => segments(kit.directory.path).length === 0, 'the second replay');
    await replayer.stop();
    expect(sink.batches).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(sink.counts).toEqual([['replayed', 2, 2]]);
  });

  it('counts letters of an earlier process as none of its own', async () => {
    const { directory, queue } = await queueWith(3);
    await queue.close();
    const next = createQueue(directory.root);
    await next.queue.start();
    const sink = new Sink();
    await replay(next, sink);
    expect(sink.counts).toEqual([
      ['replayed', 2, 0],
      ['replayed', 1, 0],
    ]);
  });
});

describe('lines that hold no entry', () => {
  it.each([
    ['null'],
    ['[1'],
    ['7'],
    ['{}'],
    ['{"message":"m"}'],
    ['{"message":1,"timestamp":"2026-11-22T10:00:00Z"}'],
    ['{"level":"ERROR","message":"m","timestamp":"2026-11-22T10:00:00Z","stack_trace":{}}'],
    ['{"level":"ERROR","message":"m","timestamp":"2026-11-22T10:00:00Z","error_type":5}'],
    ['{"message":"m","timestamp":"1999-01-01T00:00:00Z","extra":"text"}'],
  ])('are left out, and the segment goes to quarantine: %s', async (line) => {
    const kit = createQueue(temporaryDirectory());
    await kit.queue.start();
    const name = `000000000001-${'a'.repeat(16)}-3-9.seg`;
    const lines = [encodedEntry(1).json, line, encodedEntry(2).json].map(entryLine);
    fs.writeFileSync(join(kit.directory.path, name), SEGMENT_HEADER + lines.join(''));
    const next = createQueue(kit.directory.root);
    await next.queue.start();
    const sink = new Sink();
    await replay(next, sink);
    expect(sink.batches).toEqual([[1, 2]]);
    expect(files(join(next.directory.path, 'quarantine'))).toEqual([name]);
    expect(next.seen.all).toEqual([
      { code: 'TRACEHUB_DLQ_DAMAGED', message: expect.stringContaining('has 1 damaged line(s)') as unknown },
    ]);
  });

  it('alone in a segment send nothing', async () => {
    const kit = createQueue(temporaryDirectory());
    await kit.queue.start();
    const name = `000000000001-${'a'.repeat(16)}-1-9.seg`;
    fs.writeFileSync(join(kit.directory.path, name), SEGMENT_HEADER + entryLine('null'));
    const next = createQueue(kit.directory.root);
    await next.queue.start();
    const sink = new Sink();
    await replay(next, sink);
    expect(sink.batches).toEqual([]);
  });
});
