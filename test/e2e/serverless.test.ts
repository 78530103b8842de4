import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Child, startProgram } from '../kit/child.ts';
import { type Receiver, startReceiver } from '../kit/receiver.ts';
import { senderOptions } from '../kit/sender-options.ts';

const program = fileURLToPath(new URL('programs/lambda.mjs', import.meta.url));
const loggers = [
  'pino in process',
  'pino in its worker',
  "pino's own transport",
  'winston',
  'bunyan',
  'TraceHubLogger',
];

/** A function on a platform that freezes it; nothing of its own accord sends within the test. */
function deploy(receiver: Receiver, logger: string, style: string, wrapped = 'wrapped'): Child {
  const options = senderOptions(receiver.url, { flushInterval: 60_000 });
  return startProgram(program, {
    args: [logger, style, wrapped],
    env: { TRACEHUB_TEST_OPTIONS: JSON.stringify(options) },
  });
}

/** Lets the function handle an event; resolves when it has answered and is frozen. */
async function invoke(child: Child, event: string, answer: string): Promise<void> {
  child.kill('SIGCONT');
  child.tell(event);
  await child.line(answer);
  while (!isFrozen(child)) await sleep(1);
}

function isFrozen({ pid }: Child): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

function messages(receiver: Receiver): string[] {
  return receiver.entries().map(({ message }) => message);
}

describe('a function that is frozen once it has answered', () => {
  it.each(loggers)('has sent everything before, invocation by invocation: %s', async (logger) => {
    const receiver = await startReceiver();
    const child = deploy(receiver, logger, 'result');
    const expected: string[] = [];
    for (const event of ['first', 'second', 'third']) {
      await invoke(child, event, `${event} answered`);
      expected.push(`${event} begins`, `${event} ends`);
      expect(messages(receiver)).toEqual(expected);
    }
  });

  it.each([
    ['throw', 'first failed'],
    ['callback', 'first answered'],
  ])('has sent everything before, in the style %s', async (style, answer) => {
    const receiver = await startReceiver();
    const child = deploy(receiver, 'winston', style);
    await invoke(child, 'first', answer);
    expect(messages(receiver).toSorted()).toEqual(['first begins', 'first ends']);
  });

  it.each(loggers)('would have sent nothing without it: %s', async (logger) => {
    const receiver = await startReceiver();
    const child = deploy(receiver, logger, 'result', 'bare');
    await invoke(child, 'first', 'first answered');
    expect(messages(receiver)).toEqual([]);
  });

  it('answers although the server does not, says so, and ends as it would without us', async () => {
    const receiver = await startReceiver();
    receiver.answerAlways({ hang: true });
    const child = deploy(receiver, 'winston', 'result');
    await invoke(child, 'first', 'first answered');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const { signal, stderr } = await child.ended;
    expect(signal).toBe('SIGTERM');
    expect(stderr.match(/TRACEHUB_\w+.*/g)).toEqual([
      'TRACEHUB_FLUSH] TraceHubWarning: not all logs were sent within 2000 ms',
    ]);
  });
});
