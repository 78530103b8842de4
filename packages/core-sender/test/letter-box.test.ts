import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { respond, startFaultServer } from '../../../test/kit/fault-server.ts';
import { claimEach } from '../src/dead-letters/claim-each.ts';
import { LetterBox } from '../src/dead-letters/letter-box.ts';
import type { StoredEntry } from '../src/dead-letters/segment-format.ts';
import { createQueue, files, segments, seqOf } from './stages.ts';
import {
  DEAD_ENDPOINT,
  encodedEntries,
  optionsWith,
  range,
  seenWarnings,
  temporaryDirectory,
} from './support.ts';

/** A box with `count` letters in one segment. */
async function boxWith(count: number, endpoint = DEAD_ENDPOINT) {
  const dlqPath = temporaryDirectory();
  const seen = seenWarnings();
  const options = { ...optionsWith({ endpoint, maxRetries: 0 }), dlqPath };
  const box = new LetterBox(options, 'test', seen.emit);
  await box.open();
  if (count > 0) await box.append(encodedEntries(count).map(({ json }) => json));
  return { box, dlqPath, path: box.path, seen };
}

const isEven = ({ json }: StoredEntry): boolean => seqOf(json) % 2 === 0;

const waiting = (dlqPath: string): number[] =>
  readDeadLetters(dlqPath).entries.map((entry) => seqOf(JSON.stringify(entry)));

describe('a letter box', () => {
  it('sends what waits and leaves nothing behind', async () => {
    const server = await startFaultServer();
    const { box, path } = await boxWith(30, server.url);
    const heard: number[] = [];
    const run = box.replay(
      () => true,
      ({ delivered }) => heard.push(delivered),
    );
    expect(await run.ended).toEqual({ delivered: 30, rejected: 0 });
    expect(heard).toEqual([30]);
    expect(server.stored().map((entry) => seqOf(JSON.stringify(entry)))).toEqual(range(1, 30));
    expect(fs.readdirSync(path)).toEqual([]);
  });

  it('sends the selected and leaves the others for a later replay', async () => {
    const server = await startFaultServer();
    const { box, dlqPath } = await boxWith(10, server.url);
    expect(await box.replay(isEven, () => {}).ended).toEqual({ delivered: 5, rejected: 0 });
    expect(waiting(dlqPath)).toEqual([1, 3, 5, 7, 9]);
    expect(
      await box.replay(
        () => true,
        () => {},
      ).ended,
    ).toEqual({ delivered: 5, rejected: 0 });
    expect(waiting(dlqPath)).toEqual([]);
    expect(server.ids.size).toBe(10);
  });

  it('puts everything back, and says why, where the server refuses the key', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => [respond(401, { detail: 'no' })] } });
    const { box, dlqPath, seen, path } = await boxWith(10, server.url);
    expect(
      await box.replay(
        () => true,
        () => {},
      ).ended,
    ).toEqual({ delivered: 0, rejected: 0 });
    expect(seen.codes).toEqual(['TRACEHUB_UNAUTHORIZED']);
    expect(waiting(dlqPath)).toEqual(range(1, 10));
    expect(files(path)).toEqual(segments(path));
  });

  it('ends after the batch under way when it is stopped', async () => {
    const server = await startFaultServer({ plan: { onWhole: () => [{ do: 'hang' }] } });
    const { box, dlqPath } = await boxWith(10, server.url);
    const run = box.replay(
      () => true,
      () => {},
    );
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    server.plan = {};
    await server.stop();
    await run.stop();
    expect(await run.ended).toEqual({ delivered: 0, rejected: 0 });
    expect(waiting(dlqPath)).toEqual(range(1, 10));
  });

  it('takes letters and has them sealed when it says so, and never drops one for room', async () => {
    const { box, dlqPath, path } = await boxWith(3);
    const more = encodedEntries(3, 4).map(({ json }) => json);
    expect(await box.append(more)).toBe('kept');
    expect(files(path)).toEqual(segments(path));
    expect(waiting(dlqPath)).toEqual(range(1, 6));
  });

  it('keeps what is no entry, with the reason', async () => {
    const { box, path } = await boxWith(0);
    expect(await box.reject(['"torn'.concat('"')], 'line 3 is no JSON')).toBe('kept');
    const [file = ''] = fs.readdirSync(join(path, 'rejected'));
    expect(JSON.parse(fs.readFileSync(join(path, 'rejected', file), 'utf8'))).toMatchObject({
      reason: 'line 3 is no JSON',
      entry: 'torn',
    });
  });
});

describe('claimEach', () => {
  it('deletes what a visit marks, and leaves the rest', async () => {
    const { path, dlqPath } = await boxWith(6);
    await claimEach(
      path,
      () => {},
      async (claim) => {
        claim.select(isEven);
        await claim.progress(claim.entries);
        await claim.finish();
      },
    );
    expect(waiting(dlqPath)).toEqual([1, 3, 5]);
    expect(files(path)).toEqual(segments(path));
  });

  it('moves a segment, marks and all, to another destination', async () => {
    const { path, dlqPath } = await boxWith(4);
    const to = join(dlqPath, 'ffffffffffffffff');
    fs.mkdirSync(to);
    await claimEach(
      path,
      () => {},
      async (claim) => {
        await claim.progress(claim.entries.slice(0, 1));
        await claim.moveTo(to);
      },
    );
    expect(segments(path)).toEqual([]);
    expect(segments(to)).toHaveLength(1);
    expect(waiting(dlqPath)).toEqual([2, 3, 4]);
  });

  it('puts a segment back when the visit throws, and gives the lease up', async () => {
    const { path, dlqPath } = await boxWith(4);
    const visit = (): Promise<void> => Promise.reject(new Error('no room'));
    await expect(claimEach(path, () => {}, visit)).rejects.toThrow('no room');
    expect(waiting(dlqPath)).toEqual([1, 2, 3, 4]);
    expect(files(path)).toEqual(segments(path));
  });

  it('leaves a segment that a living owner writes', async () => {
    const dlqPath = temporaryDirectory();
    const kit = createQueue(dlqPath);
    await kit.queue.start();
    await kit.queue.append(encodedEntries(2));
    let visits = 0;
    await claimEach(
      kit.directory.path,
      () => {},
      () => Promise.resolve(void visits++),
    );
    expect(visits).toBe(0);
    await kit.queue.close();
  });
});
