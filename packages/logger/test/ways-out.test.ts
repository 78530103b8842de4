import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { type ChildEnd, runProgram } from '../../../test/kit/child.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { type Receiver, startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { loggerTo } from './support.ts';

/** Each program logs this many entries before it does what it is named after. */
const COUNT = 100;
const MESSAGES = Array.from({ length: COUNT }, (_, index) => `entry ${index}`).toSorted();

interface Run extends ChildEnd {
  receiver: Receiver;
  dlqPath: string;
  /** Messages the receiver got. */
  delivered: string[];
  /** Messages in the dead-letter directory. */
  onDisk: string[];
}

async function run(program: string): Promise<Run> {
  const receiver = await startReceiver();
  const dlqPath = makeTempDirectory('logger-child');
  const end = await runProgram(fileURLToPath(new URL(`./programs/${program}`, import.meta.url)), {
    env: { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: dlqPath },
  });
  const letters = readDeadLetters(dlqPath);
  expect(letters.faults).toEqual([]);
  expect(receiver.duplicates()).toBe(0);
  const messages = (entries: readonly { message: string }[]): string[] =>
    entries.map(({ message }) => message).toSorted();
  return {
    ...end,
    receiver,
    dlqPath,
    delivered: messages(receiver.entries()),
    onDisk: messages(letters.entries),
  };
}

describe('with the server up', () => {
  it.each(['natural-end.mjs', 'natural-end.cjs', 'await-close.mjs', 'await-dispose.mjs'])(
    '%s delivers everything and lets the process end',
    async (program) => {
      const { code, stderr, delivered, onDisk } = await run(program);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(delivered).toEqual(MESSAGES);
      expect(onDisk).toEqual([]);
    },
  );
});

describe('without a moment to send', () => {
  it.each([
    ['process-exit.mjs', 3],
    ['uncaught-exception.mjs', 1],
    ['unhandled-rejection.mjs', 1],
  ])('%s leaves everything on disk, and the next start sends it once', async (program, status) => {
    const { code, receiver, dlqPath, delivered, onDisk } = await run(program);
    expect(code).toBe(status);
    expect(delivered).toEqual([]);
    expect(onDisk).toEqual(MESSAGES);
    const logger = loggerTo(receiver, { dlqPath });
    await vi.waitFor(() => expect(logger.stats()).toMatchObject({ accepted: 0, replayed: COUNT }), 5_000);
    await logger.close();
    expect(
      receiver
        .entries()
        .map(({ message }) => message)
        .toSorted(),
    ).toEqual(MESSAGES);
    expect(receiver.duplicates()).toBe(0);
    expect(readDeadLetters(dlqPath).entries).toEqual([]);
  });
});
