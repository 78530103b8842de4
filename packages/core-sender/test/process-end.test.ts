import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ChildEnd, startProgram } from '../../../test/kit/child.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { type Receiver, startReceiver } from '../../../test/kit/receiver.ts';
import { receivedOnce, replayAll } from '../../../test/kit/replay.ts';
import { names } from './senders.ts';
import { DEAD_ENDPOINT, IDENTITY, temporaryDirectory } from './support.ts';

const COUNT = 100;

interface Run extends ChildEnd {
  dlqPath: string;
  /** Messages in the dead-letter directory, those marked as delivered left out. */
  onDisk: string[];
  faults: string[];
  /** Files there that are no sealed segments. */
  unsealed: string[];
}

/** Runs a program; one that says it is ready is killed then. */
async function run(program: string, endpoint: string, isKilled = false): Promise<Run> {
  const dlqPath = temporaryDirectory();
  const child = startProgram(fileURLToPath(new URL(`./programs/${program}`, import.meta.url)), {
    env: { TRACEHUB_ENDPOINT: endpoint, TRACEHUB_DLQ_PATH: dlqPath },
  });
  if (isKilled) {
    await child.line('ready');
    child.kill('SIGKILL');
  }
  const end = await child.ended;
  const { entries, faults } = readDeadLetters(dlqPath);
  const left = fs.readdirSync(dlqPath).flatMap((name) => fs.readdirSync(join(dlqPath, name)));
  return {
    ...end,
    dlqPath,
    onDisk: entries.map(({ message }) => message).toSorted(),
    faults,
    unsealed: left.filter((file) => !file.endsWith('.seg')),
  };
}

/** What a restart of the app brings to the receiver, with what came before. */
async function restart({ dlqPath, onDisk }: Run, receiver: Receiver) {
  await replayAll({ ...IDENTITY, endpoint: receiver.url, dlqPath }, receiver, onDisk.length);
  expect(readDeadLetters(dlqPath).entries).toEqual([]);
  return receivedOnce(receiver);
}

const all = names(1, COUNT).toSorted();

describe('a natural end', () => {
  it('delivers what waits', async () => {
    const receiver = await startReceiver();
    const { code, onDisk, faults, unsealed } = await run('natural-end.mjs', receiver.url);
    expect({ code, onDisk, faults, unsealed }).toEqual({ code: 0, onDisk: [], faults: [], unsealed: [] });
    expect(receiver.entries().map(({ message }) => message)).toEqual(names(1, COUNT));
  });

  it.each(['natural-end.mjs', 'natural-end-in-outage.mjs', 'close-in-outage.mjs'])(
    'is not held up by an outage, everything is on disk: %s',
    async (program) => {
      const end = await run(program, DEAD_ENDPOINT);
      expect(end).toMatchObject({ code: 0, onDisk: all, faults: [], unsealed: [] });
      // The process would stay for closeTimeout, 8 s, if it waited for the gate; where much else runs it takes long to start.
      expect(end.ms).toBeLessThan(8_000);
    },
  );
});

describe('a durable sender', () => {
  it('leaves what was not delivered on disk, each entry once, at process.exit', async () => {
    const end = await run('durable-exit.mjs', DEAD_ENDPOINT);
    expect(end).toMatchObject({ code: 3, onDisk: all, faults: [], unsealed: [] });
  });

  it('that was killed loses nothing: the next start sends the rest, once', async () => {
    const receiver = await startReceiver();
    const end = await run('durable-killed.mjs', receiver.url, true);
    expect(end).toMatchObject({ signal: 'SIGKILL', faults: [] });
    expect(end.onDisk).toEqual(names(COUNT / 2 + 1, COUNT).toSorted());
    expect(await restart(end, receiver)).toEqual({ ids: COUNT, messages: COUNT, duplicates: 0 });
  });

  it('with an interval of 0 loses nothing that was logged before the kill', async () => {
    const receiver = await startReceiver();
    const end = await run('durable-killed-at-once.mjs', receiver.url);
    expect(end).toMatchObject({ signal: 'SIGKILL', onDisk: all, faults: [] });
    expect(await restart(end, receiver)).toEqual({ ids: COUNT, messages: COUNT, duplicates: 0 });
  });
});
