import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Stats } from '@tracehub/core-sender';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { recover } from './kit/lives.ts';
import { startNumberedReceiver } from './kit/numbered-receiver.ts';

const PROGRAM = fileURLToPath(new URL('programs/real-fault.mjs', import.meta.url));
const LIFE = fileURLToPath(new URL('programs/life.mjs', import.meta.url));

const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;
const reason = canMount ? '' : ' (skipped: no user and mount namespaces here)';

interface Ended {
  logged: number;
  received: number;
  before: Stats & { logged: number };
  harmed: Stats;
  healed: Stats;
  stats: Stats;
  left: string[];
  unhandled: string[];
}

/** Runs a shell line; gives what the program in it printed. */
async function shell(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ended with ${code}: ${errors}`);
  return output;
}

async function run(
  kind: string,
  durable: boolean,
  around: (dlqPath: string) => [string, string[]],
): Promise<Ended> {
  const dlqPath = makeTempDirectory('real');
  const [command, args] = around(dlqPath);
  const output = await shell(command, [
    ...args,
    process.execPath,
    PROGRAM,
    JSON.stringify({ kind, dlqPath, durable }),
  ]);
  return JSON.parse(/^ended (.*)$/m.exec(output)?.[1] ?? '{}') as Ended;
}

const onTmpfs =
  (options: string) =>
  (dlqPath: string): [string, string[]] => [
    'unshare',
    ['-rm', 'sh', '-c', 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"', options, dlqPath],
  ];

function expectAllAccountedFor(ended: Ended): void {
  const { stats, logged, received } = ended;
  expect(ended.unhandled).toEqual([]);
  for (const { accepted, delivered, deadLettered, dropped, pending } of [ended.harmed, ended.healed, stats]) {
    expect(delivered + deadLettered + dropped + pending).toBe(accepted);
  }
  expect(stats.pending).toBe(0);
  expect(stats.accepted).toBe(logged);
  // What the disk took in spite of its error may arrive although it was counted as dropped; never the reverse.
  expect(received + stats.dropped).toBeGreaterThanOrEqual(logged);
  expect(ended.left).toEqual([]);
}

describe.each([
  ['dead letters', false],
  ['durable entries', true],
])('%s', { timeout: 30_000 }, (_, durable) => {
  it.runIf(canMount)(`survive a disk that is full, and go on when it is not any more${reason}`, async () => {
    const ended = await run('space', durable, onTmpfs('size=64k'));
    expectAllAccountedFor(ended);
    expect(ended.received).toBeGreaterThan(0);
  });

  it.runIf(canMount)(`survive a disk without inodes${reason}`, async () => {
    const ended = await run('inodes', durable, onTmpfs('size=8m,nr_inodes=4'));
    expectAllAccountedFor(ended);
    expect(ended.stats.accepted).toBe(ended.logged);
  });

  it.runIf(canMount)(
    `survive a disk that is read-only, and go on when it is not any more${reason}`,
    async () => {
      const ended = await run('read-only', durable, onTmpfs('size=8m'));
      expectAllAccountedFor(ended);
      expect(ended.received).toBeGreaterThan(0);
    },
  );

  it('survive that no file can be opened', async () => {
    const ended = await run('descriptors', durable, () => ['sh', ['-c', 'ulimit -n 60; exec "$0" "$@"']]);
    expectAllAccountedFor(ended);
    expect(ended.received).toBeGreaterThan(0);
  });

  it('go on in a directory made anew when theirs is deleted', async () => {
    const ended = await run('deleted', durable, () => ['env', []]);
    expect(ended.unhandled).toEqual([]);
    // What was in the directory is gone with it; nothing after that is.
    expect(ended.received + ended.stats.dropped).toBeGreaterThanOrEqual(ended.logged - ended.before.logged);
  });

  it('are cut into what a file may hold', async () => {
    const receiver = await startNumberedReceiver();
    await receiver.setMode('refuse');
    const dlqPath = makeTempDirectory('real');
    const life = {
      life: 'limit',
      endpoint: receiver.url,
      dlqPath,
      count: 200,
      end: 'close',
      options: { durable },
    };
    const output = await shell('sh', [
      '-c',
      'ulimit -f 32; exec "$0" "$@"',
      process.execPath,
      LIFE,
      JSON.stringify(life),
    ]);
    const [accepted = 0, , deadLettered = 0, delivered = 0, dropped = 0] =
      output.trim().split('\n').at(-1)?.slice(3).split(' ').map(Number) ?? [];
    expect(accepted).toBe(200);
    expect(delivered + deadLettered + dropped).toBe(200);
    expect(await recover(receiver, dlqPath)).toEqual([]);
    expect(receiver.torn).toEqual([]);
    expect(receiver.numbers('limit').size + dropped).toBeGreaterThanOrEqual(200);
  });
});
