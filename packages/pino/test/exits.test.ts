import { describe, expect, it } from 'vitest';
import { runProgram, startProgram } from '../../../test/kit/child.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { program } from './support.ts';

const STATUS = { exit: 3, 'late exit': 3, natural: 0, flush: 0, uncaught: 1 };
type Way = keyof typeof STATUS;

describe('target', () => {
  it.each<[string, Way[]]>([
    ['target', ['exit', 'late exit', 'natural', 'flush', 'uncaught']],
    ['targets', ['exit', 'natural', 'uncaught']],
    ['pipeline', ['exit', 'natural', 'uncaught']],
  ])('delivers everything whatever the way out: %s', async (shape, ways) => {
    const ends = ways.map(async (way) => {
      const receiver = await startReceiver();
      const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') };
      const { code, stderr } = await runProgram(program('target.mjs'), { args: [way, '1000', shape], env });
      const silent = way === 'uncaught' || stderr === '';
      return { way, code, silent, received: receiver.entries().length, distinct: receiver.ids().size };
    });
    expect(await Promise.all(ends)).toEqual(
      ways.map((way) => ({ way, code: STATUS[way], silent: true, received: 1000, distinct: 1000 })),
    );
  });

  it('delivers or keeps everything when the process ends with 50,000 lines between the threads', async () => {
    const receiver = await startReceiver();
    const dlqPath = makeTempDirectory('dlq');
    const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: dlqPath };
    const args = ['exit', '50000', 'target', JSON.stringify({ overflow: 'spill' })];
    const end = await runProgram(program('target.mjs'), { args, env });
    expect(end).toMatchObject({ code: 3, stderr: '' });
    const { entries, faults } = readDeadLetters(dlqPath);
    expect(faults).toEqual([]);
    expect(new Set([...receiver.ids().keys(), ...entries.map(({ id }) => id)]).size).toBe(50_000);
  }, 15_000);

  it('keeps everything on disk when nobody listens', async () => {
    const dlqPath = makeTempDirectory('dlq');
    const env = { TRACEHUB_ENDPOINT: 'http://127.0.0.1:9', TRACEHUB_DLQ_PATH: dlqPath };
    const args = ['exit', '1000', 'target', JSON.stringify({ closeTimeout: 200 })];
    const end = await runProgram(program('target.mjs'), { args, env });
    expect(end.code).toBe(3);
    const { entries, faults } = readDeadLetters(dlqPath);
    expect(faults).toEqual([]);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(1000);
  });

  it('works in a CommonJS app', async () => {
    const receiver = await startReceiver();
    const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') };
    const end = await runProgram(program('target.cjs'), { env });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(receiver.ids().size).toBe(20);
  });
});

describe('helper', () => {
  it.each([
    ['flush', 101],
    ['close', 100],
  ])('holds the process until %s is done', async (way, received) => {
    const receiver = await startReceiver();
    const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') };
    const end = await runProgram(program('helper.mjs'), { args: [way], env });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('receipt {"delivered":100,"deadLettered":0,"dropped":0}\n');
    expect(receiver.ids().size).toBe(received);
  });

  it('closes on a signal and ends as the signal does', async () => {
    const receiver = await startReceiver();
    const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') };
    const child = startProgram(program('helper.mjs'), { args: ['signal'], env });
    await child.line('ready');
    child.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect(receiver.ids().size).toBe(100);
  });

  it('works in a CommonJS app and loads no HTTP client into it', async () => {
    const receiver = await startReceiver();
    const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') };
    const end = await runProgram(program('helper.cjs'), { env });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(end.stdout)).toEqual({
      receipt: { delivered: 1, deadLettered: 0, dropped: 0 },
      undici: 0,
    });
  });

  it('outlives its worker', async () => {
    const receiver = await startReceiver();
    const env = { TRACEHUB_ENDPOINT: receiver.url, TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') };
    const end = await runProgram(program('dying-worker.mjs'), { env });
    expect(end.code).toBe(0);
    expect(end.stderr).toContain('[TRACEHUB_WORKER] TraceHubWarning: [tracehub] the worker has ended');
    expect(JSON.parse(end.stdout)).toMatchObject({
      stats: { accepted: 2, delivered: 1, drops: { closed: 1 } },
    });
  });
});

describe('options that cannot be used', () => {
  const bad = JSON.stringify({ batchSize: 0 });
  const message = 'option batchSize must be a whole number of at least 1, got 0';

  it("arrive as pino's error event, message and code intact", async () => {
    const end = await runProgram(program('bad-target.mjs'), { args: ['listen', bad] });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(end.stdout)).toEqual({
      message,
      cause: { name: 'TraceHubConfigError', code: 'TRACEHUB_CONFIG', option: 'batchSize' },
    });
  });

  it('end an app that does not listen, and say why', async () => {
    const end = await runProgram(program('bad-target.mjs'), { args: ['ignore', bad] });
    expect(end.code).toBe(1);
    expect(end.stderr).toContain(`TraceHubConfigError [TRACEHUB_CONFIG]: ${message}`);
  });

  it('include a level that pino does not have', async () => {
    const end = await runProgram(program('bad-target.mjs'), {
      args: ['listen', JSON.stringify({ level: 'loud' })],
    });
    expect(JSON.parse(end.stdout)).toMatchObject({ cause: { code: 'TRACEHUB_CONFIG', option: 'level' } });
  });
});
