import { describe, expect, it } from 'vitest';
import { type ChildOptions, runProgram } from '../../../test/kit/child.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { ledgerFaults } from '../../../test/kit/ledger-check.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import type { Receipt, Stats } from '../src/index.ts';
import { IDENTITY, temporaryDirectory } from './support.ts';

interface Said {
  flushed: Receipt;
  closed: Receipt;
  again?: Receipt;
  warnings: string[];
  stats: Stats;
}

const COUNT = 50;

function program(name: string): string {
  return new URL(`programs/${name}`, import.meta.url).pathname;
}

async function run(fault: string, leave: string, nodeArgs: ChildOptions['nodeArgs'] = []) {
  const receiver = await startReceiver();
  const dlqPath = makeTempDirectory('dlq');
  const options = { ...IDENTITY, endpoint: receiver.url, dlqPath };
  const args = [JSON.stringify({ fault, leave, count: COUNT, options })];
  const end = await runProgram(program('worker-ways.mjs'), { args, nodeArgs, limit: 40_000 });
  const said = end.stdout === '' ? undefined : (JSON.parse(end.stdout) as Said);
  expect(said ? ledgerFaults(said.stats) : []).toEqual([]);
  return { end, said: said!, receiver, dlqPath };
}

const delivered = (count: number): Receipt => ({ delivered: count, deadLettered: 0, dropped: 0 });

describe('worker: true', () => {
  it('delivers, gives receipts and exact counts, and closes once', async () => {
    const { end, said, receiver } = await run('none', 'close');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(said).toMatchObject({
      flushed: delivered(COUNT),
      closed: delivered(2 * COUNT),
      again: delivered(2 * COUNT),
      warnings: [],
      stats: { accepted: 2 * COUNT, delivered: 2 * COUNT, pending: 0 },
    });
    expect(receiver.ids().size).toBe(2 * COUNT);
  });

  it('delivers all at an exit before the worker is ready', async () => {
    const { end, receiver } = await run('none', 'exit');
    expect(end).toMatchObject({ code: 3, stderr: '' });
    expect(receiver.ids().size).toBe(COUNT);
  });

  it('starts no worker in its worker for a file that every thread preloads', async () => {
    const dlqPath = temporaryDirectory();
    const file = program('preloaded.mjs');
    const end = await runProgram(file, { nodeArgs: ['--import', file], env: { TRACEHUB_DLQ_PATH: dlqPath } });
    expect(end).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('where no worker can start', () => {
  const faults: [fault: string, reason: string, nodeArgs?: string[]][] = [
    ['no thread-stream', "Cannot find module 'thread-stream'"],
    ['no file', "Cannot find module '@tracehub/core-sender/sender-thread'"],
    ['a file that cannot be loaded', 'nowhere'],
    ['lines of another version', 'lines of format of tomorrow'],
    ['none', 'ERR_ACCESS_DENIED', ['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*']],
  ];

  it.each(faults)(
    'the sender works on the thread that logs, and warns once: %s',
    async (fault, reason, args) => {
      const { end, said, receiver } = await run(fault, 'close', args);
      expect(end.code).toBe(0);
      expect(said).toMatchObject({ flushed: delivered(COUNT), closed: delivered(2 * COUNT) });
      expect(said.stats).toMatchObject({ accepted: 2 * COUNT, delivered: 2 * COUNT, dropped: 0 });
      expect(said.warnings.filter((text) => text.startsWith('TRACEHUB_'))).toHaveLength(1);
      expect(said.warnings.join('\n')).toMatch(/^TRACEHUB_NO_WORKER: no worker thread \(/m);
      expect(said.warnings.join('\n')).toContain(reason);
      expect(receiver.ids().size).toBe(2 * COUNT);
    },
  );

  it('an exit at once keeps all on disk', async () => {
    const { end, dlqPath } = await run('a file that cannot be loaded', 'exit');
    expect(end.code).toBe(3);
    const { entries, faults: damage } = readDeadLetters(dlqPath);
    expect(damage).toEqual([]);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(COUNT);
  }, 40_000);
});

describe('a worker that dies', () => {
  it('takes along no more than it had, which is counted, and the sender goes on without it', async () => {
    const { end, said, receiver } = await run('none', 'worker terminated');
    expect(end.code).toBe(0);
    expect(said.flushed).toEqual(delivered(COUNT));
    expect(said.stats).toMatchObject({ accepted: 3 * COUNT, delivered: 2 * COUNT, pending: 0 });
    expect(said.stats.drops).toMatchObject({ internal: COUNT });
    expect(said.closed).toEqual({ delivered: 2 * COUNT, deadLettered: 0, dropped: COUNT });
    expect(said.warnings).toHaveLength(1);
    expect(said.warnings[0]).toMatch(
      new RegExp(`^TRACEHUB_WORKER: the worker thread has died .* at most ${COUNT} entries with it`),
    );
    expect(receiver.ids().size).toBe(2 * COUNT);
  });

  it('of too little memory does no harm either', async () => {
    const { end, said } = await run('little memory', 'worker out of memory');
    expect(end.code).toBe(0);
    expect(said.warnings).toEqual([expect.stringMatching(/^TRACEHUB_WORKER: .*ERR_WORKER_OUT_OF_MEMORY/)]);
    expect(said.stats).toMatchObject({ accepted: 3 * COUNT, pending: 0 });
    // Some of the second lot may have been delivered before.
    expect(said.stats.delivered).toBeGreaterThanOrEqual(2 * COUNT);
    expect(said.stats.delivered + said.stats.drops.internal).toBe(3 * COUNT);
  });
});
