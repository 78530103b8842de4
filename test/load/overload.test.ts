import { fileURLToPath } from 'node:url';
import type { Entry, Stats } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../kit/child.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { isOwnReport } from '../kit/entry-validator.ts';
import { type FaultServer, type Plan, accept, startFaultServer } from '../kit/fault-server.ts';
import { ledgerFaults } from '../kit/ledger-check.ts';
import { type TestOptions, senderOptions } from '../kit/sender-options.ts';

const isFull = process.env['TRACEHUB_FULL'] === '1';
const SECONDS = isFull ? 60 : 8;
const RATE = 5_000;
/** The server answers one batch of 100 after 200 ms: a tenth of the rate. */
const ANSWER_MS = 200;
const BATCH = 100;

const MIB = 2 ** 20;
const CAP_MIB = 4;
const DLQ_MIB = 8;
/** Beyond the caps (reliability.md G11). */
const RSS_MARGIN_MIB = 64;

const program = fileURLToPath(new URL('programs/overload.mjs', import.meta.url));

interface Report {
  logged: number;
  loggingMs: number;
  loopDelayP99Ms: number;
  rssWarmMiB: number;
  rssGrowthMiB: number;
  appHeapMiB: number;
  beforeClose: Stats;
  stats: Stats;
}

const never: Plan = { onWhole: () => [{ do: 'hang' }] };
const slowly: Plan = { onWhole: (request) => [{ do: 'wait', ms: ANSWER_MS }, ...accept(request)] };

/** Runs an app that has warmed up before the server turns to `plan`. */
async function overload(
  name: string,
  server: FaultServer,
  plan: Plan,
  options: TestOptions & { dlqPath: string },
): Promise<Report> {
  const child = startProgram(program, {
    args: [JSON.stringify({ name, count: SECONDS * RATE, rate: RATE, options })],
    limit: SECONDS * 1000 + 50_000,
  });
  await child.line('warm');
  server.plan = plan;
  const report = JSON.parse(await child.line('report')) as Report;
  expect((await child.ended).code).toBe(0);
  expect(server.faults).toEqual([]);
  const { logged, loggingMs, loopDelayP99Ms, rssWarmMiB, rssGrowthMiB, appHeapMiB, stats } = report;
  console.log(
    `overload: ${name}, ${options.overflow}: ${logged} logged, ${stats.delivered} delivered, ${stats.deadLettered} ` +
      `on disk, ${stats.dropped} dropped; ${Math.round(loggingMs)} ms; event-loop delay p99 ` +
      `${loopDelayP99Ms.toFixed(1)} ms; RSS ${rssWarmMiB.toFixed()} + ${rssGrowthMiB.toFixed(1)} MiB, heap of the ` +
      `app thread at most ${appHeapMiB.toFixed()} MiB`,
  );
  expect(rssGrowthMiB, 'growth of RSS in MiB').toBeLessThan(CAP_MIB + RSS_MARGIN_MIB);
  return report;
}

/** Options with caps that an overload reaches at once, and one request at a time, so that the order is the server's. */
function smallOptions(server: FaultServer, options: TestOptions): TestOptions & { dlqPath: string } {
  return senderOptions(server.url, {
    maxBufferBytes: CAP_MIB * MIB,
    maxDlqBytes: DLQ_MIB * MIB,
    maxBatchEntries: BATCH,
    concurrency: 1,
    closeTimeout: 1_000,
    ...options,
  });
}

/** Finds every entry on the server, on disk, or counted as dropped; gives the numbers that the server has, in order. */
function account({ logged, beforeClose, stats }: Report, server: FaultServer, dlqPath: string) {
  const received = server
    .stored()
    .filter((entry) => !isOwnReport(entry))
    .map(numberOf);
  const letters = readDeadLetters(dlqPath);
  const found = new Set([...received, ...letters.entries.map(numberOf)]);
  expect(ledgerFaults(beforeClose)).toEqual([]);
  expect(ledgerFaults(stats)).toEqual([]);
  expect(letters.faults).toEqual([]);
  expect(stats).toMatchObject({ accepted: logged, deadLettered: letters.entries.length, pending: 0 });
  expect(found.size, 'received or on disk').toBe(logged - stats.dropped);
  expect(new Set(received).size, 'received twice').toBe(received.length);
  return { received, stats };
}

/** Number of an entry; NaN, which no sum survives, if it is not as the app wrote it. */
function numberOf({ message }: Entry): number {
  return Number(/^entry (\d+) x+$/.exec(message)?.[1] ?? Number.NaN);
}

/** Fewest rising sequences that the numbers can be dealt out to, in their order: 1 if they are in order themselves. */
function risingSequences(numbers: readonly number[]): number {
  const tops: number[] = [];
  for (const number of numbers) {
    // The one whose top is the next lower: they stay sorted, the highest first.
    const at = tops.findIndex((top) => top < number);
    tops[at < 0 ? tops.length : at] = number;
  }
  return tops.length;
}

describe.each(['winston', 'pino'])('%s, ten times faster than its server', (name) => {
  it(`drops the oldest, counts each of them, and sends the others in order, for ${SECONDS} s`, async () => {
    const server = await startFaultServer();
    const options = smallOptions(server, { overflow: 'drop-oldest' });
    const report = await overload(name, server, slowly, options);
    const { received, stats } = account(report, server, options.dlqPath);
    expect(risingSequences(received), 'first attempts are in order').toBe(1);
    expect(stats.drops['buffer-full'], 'the only reason').toBe(stats.dropped);
    expect(stats.dropped).toBeGreaterThan(report.logged / 2);
  });

  it(`spills into a dead-letter queue that fills up, and counts each letter it gives up, for ${SECONDS} s`, async () => {
    const server = await startFaultServer();
    const options = smallOptions(server, { overflow: 'spill' });
    const report = await overload(name, server, slowly, options);
    const { received, stats } = account(report, server, options.dlqPath);
    // Live entries, and beside them the dead letters, oldest first.
    expect(risingSequences(received), 'first attempts are in order').toBeLessThanOrEqual(2);
    expect(stats.drops['dlq-full'], 'the only reason').toBe(stats.dropped);
    expect(stats.dropped).toBeGreaterThan(report.logged / 2);
  });
});

it(`the worker of pino reads every line at once while its server hangs, for ${SECONDS} s`, async () => {
  const server = await startFaultServer();
  const options = smallOptions(server, { overflow: 'drop-oldest' });
  const report = await overload('pino', server, never, options);
  account(report, server, options.dlqPath);
  // Had it waited for the server, the lines would be in the memory of the app thread, and its calls be held up.
  expect(report.beforeClose.accepted, 'read before close').toBe(report.logged);
  expect(report.loggingMs).toBeLessThan(SECONDS * 1000 * 1.5);
});
