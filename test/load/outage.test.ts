import { fileURLToPath } from 'node:url';
import type { Stats } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../kit/child.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { closedPort } from '../kit/closed-port.ts';
import { ledgerFaults } from '../kit/ledger-check.ts';
import { startReceiver } from '../kit/receiver.ts';
import { receivedOnce, replayAll } from '../kit/replay.ts';
import { senderOptions } from '../kit/sender-options.ts';

const isFull = process.env['TRACEHUB_FULL'] === '1';
const COUNT = isFull ? 200_000 : 20_000;
const RATE = 20_000;

/** The ring's own cap, the same again for what V8 has not collected yet, and room for code and buffers. */
const RSS_GROWTH_MIB = 64 + 64 + 32;

const program = fileURLToPath(new URL('programs/pace.mjs', import.meta.url));

interface Report {
  thrown: number;
  loggingMs: number;
  slowestCallMs: number;
  loopDelayMaxMs: number;
  rssGrowthMiB: number;
  stats: Stats;
}

describe.each(['pino', 'winston', 'bunyan'])('%s, with nobody listening', (logger) => {
  it(`takes ${COUNT} log calls at ${RATE}/s, and a restart delivers each once`, async ({ annotate }) => {
    const port = await closedPort();
    const options = senderOptions(`http://127.0.0.1:${port}`, { closeTimeout: 1_000 });
    const { code, stdout, stderr } = await runProgram(program, {
      args: [logger, String(COUNT), String(RATE)],
      env: { TRACEHUB_TEST_OPTIONS: JSON.stringify(options) },
      limit: 120_000,
    });
    expect({ code, hasReport: stdout.startsWith('report '), stderr: code === 0 ? '' : stderr }).toEqual({
      code: 0,
      hasReport: true,
      stderr: '',
    });
    const report = JSON.parse(stdout.slice('report '.length)) as Report;
    await annotate(JSON.stringify(report));
    expect(report.thrown).toBe(0);
    expect(report.rssGrowthMiB).toBeLessThan(RSS_GROWTH_MIB);
    expect(ledgerFaults(report.stats)).toEqual([]);
    expect(report.stats).toMatchObject({
      accepted: COUNT,
      deadLettered: COUNT,
      delivered: 0,
      dropped: 0,
      pending: 0,
    });
    expect(readDeadLetters(options.dlqPath).faults).toEqual([]);

    const receiver = await startReceiver(port);
    await replayAll(options, receiver, COUNT);
    expect(receivedOnce(receiver)).toEqual({ ids: COUNT, messages: COUNT, duplicates: 0 });
    expect(readDeadLetters(options.dlqPath).entries).toHaveLength(0);
  });
});
