import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileCoreSender } from '../../../test/kit/compiled-sources.ts';
import { createQueue, replayAll, seqOf } from './stages.ts';
import { DEAD_ENDPOINT, encodedEntries, encodedEntry, temporaryDirectory } from './support.ts';

function leases(path: string): string[] {
  return fs.readdirSync(path).filter((file) => file.endsWith('.lease'));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Runs `body` in a process that has a queue on `dlqPath`, waits until it says it is ready, and kills it. */
async function killedProcess(dlqPath: string, body: string): Promise<void> {
  const [directory, queue, clock, entry] = compileCoreSender([
    'dead-letters/segment-directory',
    'dead-letters/dead-letter-queue',
    'clock',
    'entry/encoded-entry',
  ]);
  const program = `
    const { SegmentDirectory } = await import('${directory}');
    const { DeadLetterQueue } = await import('${queue}');
    const { systemClock } = await import('${clock}');
    const { EncodedEntry, toJsonBytes } = await import('${entry}');
    const warnings = { warn: (code, message) => console.error(code, message) };
    const options = {
      dlqPath: ${JSON.stringify(dlqPath)}, maxDlqBytes: 1e9, endpoint: ${JSON.stringify(DEAD_ENDPOINT)}, apiKey: 'th_test',
    };
    const directory = new SegmentDirectory(options, systemClock, warnings, () => {});
    const queue = new DeadLetterQueue(directory, systemClock, warnings);
    await queue.start();
    const entries = ${JSON.stringify(encodedEntries(4).map(({ json }) => json))}.map(
      (json, index) => new EncodedEntry(index + 1, toJsonBytes(json), undefined, 2026, 0),
    );
    ${body}
    process.stdout.write('ready');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 8_000,
  });
  await once(child.stdout, 'data');
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe('two queues on one directory', () => {
  it('get each segment once between them', async () => {
    const path = temporaryDirectory();
    const writer = createQueue(path).queue;
    await writer.start();
    for (let seq = 1; seq <= 40; seq++) writer.appendSync([encodedEntry(seq)]);
    await writer.close();
    const queues = [createQueue(path).queue, createQueue(path).queue, createQueue(path).queue];
    await Promise.all(queues.map((queue) => queue.start()));
    const taken = await Promise.all(queues.map(replayAll));
    expect(taken.flat().toSorted((a, b) => a - b)).toEqual(range(40));
    expect(taken.filter((seqs) => seqs.length > 0).length).toBeGreaterThan(1);
  });

  it('leave each other their open and claimed segments while both are alive', async () => {
    const path = temporaryDirectory();
    const first = createQueue(path).queue;
    await first.start();
    await first.append(encodedEntries(2));
    const claim = (await first.claim())!;
    await first.append(encodedEntries(2, 3));
    const second = createQueue(path).queue;
    await second.start();
    expect(await replayAll(second)).toEqual([]);
    await first.release(claim, 2);
    expect(await replayAll(first)).toEqual([1, 2, 3, 4]);
  });

  it('never write to one file: their names differ', async () => {
    const path = temporaryDirectory();
    const queues = [createQueue(path), createQueue(path)];
    await Promise.all(queues.map(({ queue }) => queue.start()));
    await Promise.all(queues.map(({ queue }, index) => queue.append([encodedEntry(index + 1)])));
    expect(fs.readdirSync(queues[0]!.directory.path).filter((file) => file.endsWith('.open'))).toHaveLength(
      2,
    );
    expect(leases(queues[0]!.directory.path)).toHaveLength(2);
  });

  it('leave no lease behind when closed', async () => {
    const { queue, directory } = createQueue(temporaryDirectory());
    await queue.start();
    await queue.append(encodedEntries(1));
    expect(leases(directory.path)).toHaveLength(1);
    await queue.close();
    expect(leases(directory.path)).toEqual([]);
  });
});

/** Makes others take the owners of all leases in a directory for dead: they look as they do after a minute of standstill. */
function ageLeases(path: string): void {
  const old = Date.now() / 1000 - 120;
  for (const lease of leases(path)) fs.utimesSync(join(path, lease), old, old);
}

describe('an owner that was taken for dead and goes on', () => {
  /** Two segments' worth of letters, claimed by one queue, and taken over by another. */
  async function takenOver() {
    const path = temporaryDirectory();
    const stopped = createQueue(path);
    await stopped.queue.start();
    await stopped.queue.append(encodedEntries(6));
    const claim = (await stopped.queue.claim())!;
    ageLeases(stopped.directory.path);
    const next = createQueue(path);
    await next.queue.start();
    return { stopped, claim, next };
  }

  it('marks nothing in a claim that it has no more, and takes nothing from it', async () => {
    const { stopped, claim, next } = await takenOver();
    // The other has put back what it could not send.
    const taken = (await next.queue.claim())!;
    await next.queue.release(taken, 0);
    await stopped.queue.progress(claim, claim.entries.slice(0, 2));
    await stopped.queue.release(claim, 4);
    expect(claim.isLost).toBe(true);
    expect(stopped.queue.isUsable).toBe(true);
    expect(await replayAll(createQueue(next.directory.root).queue)).toEqual(range(6));
    expect([stopped.lost.own, stopped.seen.codes]).toEqual([0, []]);
  });

  it('does not delete what is another’s', async () => {
    const { stopped, claim, next } = await takenOver();
    const taken = (await next.queue.claim())!;
    await stopped.queue.finish(claim);
    expect(stopped.queue.isUsable).toBe(true);
    await next.queue.release(taken, 0);
    expect(await replayAll(next.queue)).toEqual(range(6));
  });

  it('claims nothing without a lease', async () => {
    const path = temporaryDirectory();
    const { queue, directory } = createQueue(path);
    await queue.start();
    queue.appendSync(encodedEntries(1));
    for (const lease of leases(directory.path)) fs.rmSync(join(directory.path, lease));
    expect(await queue.claim()).toBeDefined();
    expect(leases(directory.path)).toHaveLength(1);
    const next = createQueue(path).queue;
    await next.start();
    expect(await next.claim()).toBeUndefined();
  });

  it('writes into no segment that another has, and counts nothing as lost', async () => {
    const path = temporaryDirectory();
    const { queue, directory, lost } = createQueue(path);
    await queue.start();
    await queue.append(encodedEntries(3));
    ageLeases(directory.path);
    const next = createQueue(path);
    await next.queue.start();
    expect(await replayAll(next.queue)).toEqual(range(3));
    expect(await queue.append(encodedEntries(2, 4))).toBe('kept');
    await queue.close();
    expect(await replayAll(createQueue(path).queue)).toEqual([4, 5]);
    expect(lost).toEqual({ own: 0, others: 0, deleted: 0 });
  });
});

describe('a process that was killed', () => {
  it('leaves its open segment to the next, every entry of it', async () => {
    const path = temporaryDirectory();
    await killedProcess(
      path,
      'await queue.append(entries.slice(0, 3)); await queue.append(entries.slice(3));',
    );
    const { queue, directory } = createQueue(path);
    await queue.start();
    expect(await replayAll(queue)).toEqual([1, 2, 3, 4]);
    await queue.close();
    expect(fs.readdirSync(directory.path)).toEqual([]);
  });

  it('leaves its claimed segment to the next', async () => {
    const path = temporaryDirectory();
    await killedProcess(path, 'await queue.append(entries); await queue.claim();');
    const { queue } = createQueue(path);
    await queue.start();
    const claim = (await queue.claim())!;
    expect(claim.entries.map(({ json }) => seqOf(json))).toEqual([1, 2, 3, 4]);
    expect(queue.ownCount(claim)).toBe(0);
  });

  it('on another machine is known to be dead when its lease is a minute old', async () => {
    const path = temporaryDirectory();
    const { queue, directory } = createQueue(path);
    await queue.start();
    const owner = 'f'.repeat(16);
    const name = `000000000007-${'e'.repeat(16)}-0-0.seg.${owner}`;
    const lease = join(directory.path, `${owner}.lease`);
    fs.writeFileSync(join(directory.path, name), '');
    fs.writeFileSync(lease, JSON.stringify({ pid: 1, namespace: 'elsewhere' }));
    const found = async (): Promise<boolean> => {
      const next = createQueue(path).queue;
      await next.start();
      const claim = await next.claim();
      if (claim) await next.finish(claim);
      await next.close();
      return claim !== undefined;
    };
    expect(await found()).toBe(false);
    const old = new Date(Date.now() - 61_000);
    fs.utimesSync(lease, old, old);
    expect(await found()).toBe(true);
    expect(leases(directory.path)).toEqual([]);
  });
});
