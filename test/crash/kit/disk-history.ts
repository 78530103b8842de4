import { join } from 'node:path';
import {
  type AppendResult,
  DeadLetterQueue,
} from '../../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import { SegmentDirectory } from '../../../packages/core-sender/src/dead-letters/segment-directory.ts';
import { decodeSegment } from '../../../packages/core-sender/src/dead-letters/segment-format.ts';
import { parseSegmentName } from '../../../packages/core-sender/src/dead-letters/segment-name.ts';
import { FakeClock } from '../../../packages/core-sender/test/fake-clock.ts';
import { type SeenWarnings, encodedEntry, seenWarnings } from '../../../packages/core-sender/test/support.ts';
import type { ForgetfulDisk } from './forgetful-disk.ts';

/*
 * What may be relied on after a power loss: an entry of a sealed segment, from the moment the call that sealed it
 * returned (design.md 5.7), until it is delivered. An entry refused at its replay has moved to `rejected/`; there it is
 * as safe. Entries of an open segment may go; twice is allowed everywhere, torn nowhere.
 */

/** A power loss: what it left, and which entries had to be there. */
export interface Crash {
  disk: ForgetfulDisk;
  promised: ReadonlySet<string>;
}

/** One step of a history. */
export type Step =
  | { do: 'append'; count: number; isLarge: boolean }
  | { do: 'spill'; count: number }
  | { do: 'replay'; delivered: number; rejected: number }
  | { do: 'restart' };

/** A history on one disk: a queue, what it was given, and every power loss there could have been. */
export class History {
  readonly crashes: Crash[] = [];
  /** What the queue itself did wrong on the way: the disk works, so nothing may be refused. */
  readonly faults: string[] = [];
  readonly written: Map<string, string>;
  readonly #disk: ForgetfulDisk;
  #promised: ReadonlySet<string>;
  #life: Life | undefined;

  constructor(start: Crash, written: Map<string, string>) {
    this.#disk = start.disk;
    this.#promised = start.promised;
    this.written = written;
  }

  async run(steps: readonly Step[], random: () => number): Promise<void> {
    const unmount = this.#disk.mount(() => {
      this.crashes.push({ disk: this.#disk.crash(random), promised: this.#promised });
    });
    try {
      this.#life = await Life.start(this.#disk);
      for (const step of steps) {
        await this.#take(step, this.#life);
        this.#promised = new Set([...this.#promised, ...this.#life.sealed()]);
      }
      await this.#life.queue.close();
      this.crashes.push({ disk: this.#disk.crash(random), promised: this.#promised });
    } finally {
      unmount();
    }
    this.faults.push(...this.#life.complaints());
  }

  async #take(step: Step, life: Life): Promise<void> {
    const { queue } = life;
    if (step.do === 'append') {
      this.#expectKept(await queue.append(this.#entries(step.count, step.isLarge ? 2_000 : 20)));
    } else if (step.do === 'spill') {
      this.#expectKept(queue.appendSync(this.#entries(step.count, 20)).result);
    } else if (step.do === 'replay') {
      await this.#replay(step, queue);
    } else {
      await queue.close();
      this.faults.push(...life.complaints());
      this.#life = await Life.start(this.#disk);
    }
  }

  /** Claims a segment; of its entries a share is delivered, a share refused, and the rest put back. */
  async #replay(step: { delivered: number; rejected: number }, queue: DeadLetterQueue): Promise<void> {
    const claim = await queue.claim();
    if (!claim) return;
    const { entries } = claim;
    const delivered = entries.slice(0, Math.ceil(entries.length * step.delivered));
    const rejected = entries.slice(
      delivered.length,
      delivered.length + Math.ceil(entries.length * step.rejected),
    );
    const isGone = new Set(delivered.map(({ json }) => idOf(json)));
    this.#promised = new Set([...this.#promised].filter((id) => !isGone.has(id)));
    if (rejected.length > 0) this.#expectKept(await queue.reject(rejected, 'refused'));
    const done = [...delivered, ...rejected];
    if (done.length === entries.length) return queue.finish(claim);
    if (done.length > 0) await queue.progress(claim, done);
    await queue.release(claim, entries.length - done.length);
  }

  #expectKept(result: AppendResult): void {
    if (result !== 'kept') this.faults.push(result);
  }

  #entries(count: number, padding: number): ReturnType<typeof encodedEntry>[] {
    return Array.from({ length: count }, () => {
      const number = this.written.size + 1;
      const entry = encodedEntry(number, { message: `message ${number} ${'x'.repeat(padding)}` });
      this.written.set(idOf(entry.json), entry.json);
      return entry;
    });
  }
}

/** A process with a queue on the disk. */
class Life {
  readonly warned: SeenWarnings;
  readonly directory: SegmentDirectory;
  readonly queue: DeadLetterQueue;
  readonly #disk: ForgetfulDisk;

  private constructor(disk: ForgetfulDisk) {
    const clock = new FakeClock();
    this.warned = seenWarnings(clock);
    this.#disk = disk;
    const dlqPath = join(disk.path, 'home', 'dlq');
    // Small segments, and a quarter that takes the same refused ones from both names that a power loss can leave a file.
    const options = { dlqPath, maxDlqBytes: 2 ** 19, endpoint: 'http://localhost', apiKey: 'th_k' };
    this.directory = new SegmentDirectory(options, clock, this.warned.warnings, () => {});
    this.queue = new DeadLetterQueue(this.directory, clock, this.warned.warnings);
  }

  static async start(disk: ForgetfulDisk): Promise<Life> {
    const life = new Life(disk);
    await life.queue.start();
    return life;
  }

  /** Warnings, but for the damage a power loss may do to what was not sealed. */
  complaints(): string[] {
    const { all } = this.warned;
    return all.filter(({ code }) => code !== 'TRACEHUB_DLQ_DAMAGED').map(({ message }) => message);
  }

  /** Entries that wait in sealed segments, as programs see them. */
  sealed(): string[] {
    return this.#disk
      .readdir(this.directory.path)
      .filter((file) => parseSegmentName(file)?.state === 'sealed')
      .flatMap((file) => decodeSegment(this.#read(file)).entries)
      .map(({ json }) => idOf(json));
  }

  /** Entries in `rejected/`; a line that was torn is none. */
  rejected(): string[] {
    if (!this.#disk.readdir(this.directory.path).includes('rejected')) return [];
    return this.#disk
      .readdir(join(this.directory.path, 'rejected'))
      .flatMap((file) => this.#read(join('rejected', file)).toString().split('\n'))
      .map((line) => /^\{"reason":"refused","at":"[^"]+","entry":(.*)\}$/.exec(line)?.[1])
      .filter((json) => json !== undefined && isWhole(json)) as string[];
  }

  #read(file: string): Buffer {
    return this.#disk.readFile(join(this.directory.path, file)) as Buffer;
  }
}

/** What the next start finds after the crash: which promised entries are missing, and what else is wrong. */
export async function recover(
  { disk, promised }: Crash,
  written: ReadonlyMap<string, string>,
): Promise<string[]> {
  const unmount = disk.mount();
  const faults: string[] = [];
  const missing = new Set(promised);
  const find = (json: string): void => {
    if (written.get(idOf(json)) !== json) faults.push(`torn: ${json.slice(0, 100)}`);
    missing.delete(idOf(json));
  };
  try {
    const life = await Life.start(disk);
    for (let claim = await life.queue.claim(); claim; claim = await life.queue.claim()) {
      for (const { json } of claim.entries) find(json);
      const doubled = claim.entries.length - new Set(claim.entries.map(({ json }) => idOf(json))).size;
      if (doubled > 0) faults.push(`${doubled} entries twice in ${claim.file}`);
    }
    for (const json of life.rejected()) find(json);
    faults.push(...life.complaints());
  } finally {
    unmount();
  }
  return [...faults, ...[...missing].map((id) => `missing: ${id}`)];
}

function isWhole(json: string): boolean {
  try {
    return idOf(json) !== undefined;
  } catch {
    return false;
  }
}

function idOf(json: string): string {
  return (JSON.parse(json) as { id: string }).id;
}
