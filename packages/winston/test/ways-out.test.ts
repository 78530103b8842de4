import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { type ChildEnd, runProgram } from '../../../test/kit/child.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { type Receiver, startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { transportTo } from './support.ts';

/** In an order of their own: batches are sorted by issue. */
function sorted(messages: readonly string[]): string[] {
  return messages.toSorted((a, b) => (a < b ? -1 : 1));
}

/** Each program logs this many entries before it does what it is named after. */
const COUNT = 100;
const MESSAGES = sorted(Array.from({ length: COUNT }, (_, index) => `entry ${index}`));

interface Run extends ChildEnd {
  receiver: Receiver;
  dlqPath: string;
  /** Messages the receiver got. */
  delivered: string[];
  /** Messages in the dead-letter directory. */
  onDisk: string[];
}

async function run(program: string, endpoint?: string): Promise<Run> {
  const receiver = await startReceiver();
  const dlqPath = makeTempDirectory('winston-child');
  const end = await runProgram(fileURLToPath(new URL(`./programs/${program}`, import.meta.url)), {
    env: { TRACEHUB_ENDPOINT: endpoint ?? receiver.url, TRACEHUB_DLQ_PATH: dlqPath },
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

/** What a program printed from its crash on, in ms. */
function timeToExit(stdout: string): number {
  return Number(/exit after (\d+) ms/.exec(stdout)?.[1]);
}

/** What the next start of the app does with what the last one left on disk. */
async function replay({ receiver, dlqPath }: Run, count: number): Promise<void> {
  const next = transportTo(receiver, { dlqPath });
  await vi.waitFor(() => expect(next.stats()).toMatchObject({ accepted: 0, replayed: count }), 5_000);
  await next.close();
  expect(receiver.duplicates()).toBe(0);
  expect(readDeadLetters(dlqPath).entries).toEqual([]);
}

describe('with the server up', () => {
  it.each(['natural-end.mjs', 'natural-end.cjs', 'logger-end.mjs', 'logger-close.mjs', 'await-close.mjs'])(
    '%s delivers everything and lets the process end',
    async (program) => {
      const { code, stderr, delivered, onDisk, ms } = await run(program);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(delivered).toEqual(MESSAGES);
      expect(onDisk).toEqual([]);
      expect(ms).toBeLessThan(4_500);
    },
  );
});

describe('without a moment to send', () => {
  it.each([
    ['process-exit.mjs', 3],
    ['logger-close-then-process-exit.mjs', 3],
    ['uncaught-exception.mjs', 1],
    ['unhandled-rejection.mjs', 1],
  ])('%s leaves everything on disk, and the next start sends it once', async (program, status) => {
    const ended = await run(program);
    expect(ended.code).toBe(status);
    expect(ended.delivered).toEqual([]);
    expect(ended.onDisk).toEqual(MESSAGES);
    await replay(ended, COUNT);
    expect(
      ended.receiver
        .entries()
        .map(({ message }) => message)
        .toSorted(),
    ).toEqual(MESSAGES);
  });
});

describe("winston's crash handling", () => {
  it.each([
    ['uncaught-exception-handled.mjs', 'uncaughtException: winston caught this', 'winston caught this'],
    ['unhandled-rejection-handled.mjs', 'unhandledRejection: winston handled this', 'winston handled this'],
  ])('%s is delivered before the process ends with status 1', async (program, message, errorMessage) => {
    const { code, receiver, delivered, onDisk, stdout } = await run(program);
    expect(code).toBe(1);
    expect(delivered).toEqual(sorted([...MESSAGES, message]));
    expect(onDisk).toEqual([]);
    // Not only when winston's 3 s are over.
    expect(timeToExit(stdout)).toBeLessThan(2_500);
    const crash = receiver.entries().find((entry) => entry.message === message);
    expect(crash).toMatchObject({
      level: 'ERROR',
      error_type: 'TypeError',
      error_message: errorMessage,
      stack_trace: expect.stringContaining('at '),
      extra: { process: { version: process.version }, os: {}, date: expect.any(String) },
    });
    expect(Object.keys(crash!.extra!)).not.toEqual(expect.arrayContaining(['stack']));
    expect(crash!.extra).not.toHaveProperty('trace');
    expect(crash!.extra).not.toHaveProperty('error');
  });

  it('sends a crash that threw no error', async () => {
    const { code, delivered } = await run('uncaught-exception-of-a-string.mjs');
    expect(code).toBe(1);
    expect(delivered).toEqual(sorted([...MESSAGES, 'uncaughtException: only a string']));
  });

  it('serves as one of the exceptionHandlers', async () => {
    const { code, delivered, stdout } = await run('exception-handlers.mjs');
    expect(code).toBe(1);
    expect(delivered).toEqual(['uncaughtException: handler caught this']);
    expect(timeToExit(stdout)).toBeLessThan(2_500);
  });

  it('stays attached when exitOnError is false, and leaves no listener behind', async () => {
    const { code, stderr, stdout, delivered } = await run('uncaught-exceptions-survived.mjs');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const crashes = Array.from({ length: 15 }, (_, index) => `uncaughtException: survived ${index}`);
    expect(delivered).toEqual(sorted([...MESSAGES, ...crashes, 'alive']));
    expect(stdout).toContain('listeners 0 0');
  });

  it('keeps the crash on disk when the server is down, and the exit status', async () => {
    const ended = await run('uncaught-exception-handled.mjs', 'http://127.0.0.1:9');
    expect(ended.code).toBe(1);
    expect(ended.onDisk).toEqual(sorted([...MESSAGES, 'uncaughtException: winston caught this']));
    expect(timeToExit(ended.stdout)).toBeLessThan(5_000);
  });
});
