import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeadLetterQueue } from '../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import { SegmentDirectory } from '../../packages/core-sender/src/dead-letters/segment-directory.ts';
import { decodeSegment } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import { parseSegmentName } from '../../packages/core-sender/src/dead-letters/segment-name.ts';
import { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';
import { encodedEntries, seenWarnings } from '../../packages/core-sender/test/support.ts';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { runHistories } from '../model/run-histories.ts';
import { seed, size } from './kit/size.ts';

/** All that counts: which entries wait on the disk. */
interface Model {
  waiting: Set<string>;
  next: number;
}

/** The queue of one process after another on one directory. */
class Real {
  readonly dlqPath: string;
  readonly clock: FakeClock = new FakeClock();
  readonly warned = seenWarnings(this.clock);
  directory!: SegmentDirectory;
  queue!: DeadLetterQueue;

  constructor(dlqPath: string) {
    this.dlqPath = dlqPath;
  }

  async start(): Promise<void> {
    const options = {
      dlqPath: this.dlqPath,
      maxDlqBytes: 2 ** 26,
      endpoint: 'http://localhost',
      apiKey: 'th_k',
    };
    this.directory = new SegmentDirectory(options, this.clock, this.warned.warnings, () => {});
    this.queue = new DeadLetterQueue(this.directory, this.clock, this.warned.warnings);
    await this.queue.start();
  }

  /** As SIGKILL leaves it: nothing sealed or released. The process of this test lives, so its lease goes. */
  async die(): Promise<void> {
    await this.directory.lease.release();
    await this.start();
  }

  /** What a next start would send. */
  onDisk(): string[] {
    const { path } = this.directory;
    const files = readdirSync(path).filter((file) => parseSegmentName(file) !== undefined);
    return files
      .flatMap((file) => decodeSegment(readFileSync(join(path, file))).entries)
      .map(({ json }) => (JSON.parse(json) as { id: string }).id)
      .toSorted();
  }
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      expect(real.onDisk()).toEqual([...model.waiting].toSorted());
      expect(real.warned.codes).toEqual([]);
    },
  };
}

const append = (count: number): Command =>
  command(`append ${count}`, async (model, real) => {
    const entries = encodedEntries(count, model.next);
    expect(await real.queue.append(entries)).toBe('kept');
    keep(model, count);
  });

const spill = (count: number): Command =>
  command(`spill ${count}`, async (model, real) => {
    expect(real.queue.appendSync(encodedEntries(count, model.next))).toEqual({ kept: count, result: 'kept' });
    keep(model, count);
    await Promise.resolve();
  });

const replay = (share: number, isWhole: boolean): Command =>
  command(
    `replay ${isWhole ? 'a segment' : `${share} of a segment and put it back`}`,
    async (model, real) => {
      const claim = await real.queue.claim();
      // Only what another claim holds may be out of reach, and there is none.
      if (!claim) return expect(model.waiting.size).toBe(0);
      const done = isWhole ? claim.entries : claim.entries.slice(0, Math.floor(claim.entries.length * share));
      for (const { json } of done)
        expect(model.waiting.delete((JSON.parse(json) as { id: string }).id)).toBe(true);
      if (isWhole) return real.queue.finish(claim);
      if (done.length > 0) await real.queue.progress(claim, done);
      await real.queue.release(claim, claim.entries.length - done.length);
    },
  );

const dieWithAClaim = command('die with a claim', async (_, real) => {
  await real.queue.claim();
  await real.die();
});
const die = command('die', (_, real) => real.die());
const restart = command('close and start', async (_, real) => {
  await real.queue.close();
  await real.start();
});
const wait = command('a minute passes', (_, real) => real.clock.advance(61_000));

function keep(model: Model, count: number): void {
  for (let n = 0; n < count; n++) model.waiting.add(`test-${model.next++}`);
}

it(
  `the dead-letter queue holds exactly what was appended and not delivered (seed ${seed})`,
  { timeout: size(120_000, 2_400_000) },
  async () => {
    const commands = fc.commands(
      [
        fc.integer({ min: 1, max: 40 }).map(append),
        fc.integer({ min: 1, max: 40 }).map(spill),
        fc
          .record({ share: fc.double({ min: 0, max: 1, noNaN: true }), isWhole: fc.boolean() })
          .map(({ share, isWhole }) => replay(share, isWhole)),
        fc.constant(dieWithAClaim),
        fc.constant(die),
        fc.constant(restart),
        fc.constant(wait),
      ],
      { maxCommands: 100 },
    );
    const root = makeTempDirectory('model');
    let history = 0;
    const property = fc.asyncProperty(commands, async (list) => {
      const dlqPath = join(root, String(history++));
      const real = new Real(dlqPath);
      await real.start();
      await fc.asyncModelRun(() => ({ model: { waiting: new Set<string>(), next: 1 }, real }), list);
      await real.queue.close();
      rmSync(dlqPath, { recursive: true });
    });
    await expect(runHistories(property, { ci: 150, full: 5_000 })).resolves.toBeUndefined();
  },
);
