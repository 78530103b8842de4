import { fileURLToPath } from 'node:url';
import type { Stats } from '@tracehub/core-sender';
import { expect, test } from 'vitest';
import { size } from '../crash/kit/size.ts';
import { startProgram } from '../kit/child.ts';
import { ledgerFaults } from '../kit/ledger-check.ts';
import { senderOptions } from '../kit/sender-options.ts';

const ROUNDS = size(3, 20);
const ENTRIES = size(5_000, 50_000);

/** Timers, sockets and requests come and go; a leak has one object for each batch or entry, which are many more. */
const MAX_MORE_OBJECTS = 20;
const MAX_MORE_BYTES = 256 * 1024;

interface Heap {
  counts: Record<string, number>;
  bytes: number;
}

const PROGRAM = fileURLToPath(new URL('programs/heap-snapshots.mjs', import.meta.url));

test('the heap holds the same objects after many batches and outages as before', async () => {
  const options = senderOptions('', { maxBuffer: 2 * ENTRIES, flushInterval: 100 });
  const child = startProgram(PROGRAM, {
    args: [JSON.stringify({ rounds: ROUNDS, entries: ENTRIES, options })],
    nodeArgs: ['--expose-gc'],
    limit: size(100_000, 1_800_000),
  });
  const { code, stdout, stderr } = await child.ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const { logged, stats, before, after } = JSON.parse(/^end (.*)$/m.exec(stdout)![1]!) as {
    logged: number;
    stats: Stats;
    before: Heap;
    after: Heap;
  };
  expect(ledgerFaults(stats)).toEqual([]);
  expect(stats).toMatchObject({ accepted: logged, delivered: logged });
  const more = Object.entries(after.counts)
    .map(([name, count]) => ({ name, more: count - (before.counts[name] ?? 0) }))
    .filter(({ more }) => more > MAX_MORE_OBJECTS);
  const bytes = after.bytes - before.bytes;
  console.log(
    `heap: ${logged} entries, ${stats.requests} requests, ${bytes} bytes more between the snapshots`,
  );
  expect(more).toEqual([]);
  expect(bytes).toBeLessThan(MAX_MORE_BYTES);
});
