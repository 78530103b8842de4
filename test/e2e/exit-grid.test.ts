import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ChildEnd, runProgram } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { senderOptions } from '../kit/sender-options.ts';

const LOGGERS = ['pino', 'winston', 'bunyan'];
const PROGRAMS = { ESM: 'exit.mjs', CommonJS: 'exit.cjs' };
/** The app's own exit code, and whether there is time to deliver everything. */
const WAYS_OUT = {
  close: { code: 3, drains: true },
  'natural end': { code: 4, drains: true },
  'process.exit': { code: 5, drains: false },
  'uncaught exception': { code: 1, drains: false },
};

/** More than one batch, so that some entries are in flight and some still wait. */
const LOGGED = 120;

const programs = fileURLToPath(new URL('programs/', import.meta.url));

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
});

interface Run {
  service: string;
  dlqPath: string;
  end: ChildEnd;
}

async function run(
  logger: string,
  program: string,
  way: string,
  endpoint: string,
  closeTimeout = 5_000,
): Promise<Run> {
  const service = `${logger} ${program} ${way}`;
  const options = senderOptions(endpoint, { apiKey: collector.apiKey, service, closeTimeout });
  const end = await runProgram(programs + program, {
    args: [logger, way, String(LOGGED)],
    env: { TRACEHUB_TEST_OPTIONS: JSON.stringify(options) },
  });
  return { service, dlqPath: options.dlqPath, end };
}

/** The entries that are not there, in words. */
function missingIn(kept: readonly { message: string }[]): string {
  const messages = new Set(kept.map(({ message }) => message));
  const missing = Array.from({ length: LOGGED }, (_, n) => `entry ${n}`).filter(
    (message) => !messages.has(message),
  );
  return missing.length === 0 ? '' : `${missing.length} of ${LOGGED}, first ${missing[0]}`;
}

describe.each(LOGGERS)('%s', (logger) => {
  it.each(Object.entries(PROGRAMS))(
    'in %s delivers or keeps on disk all it logged, whatever the way out',
    async (_, program) => {
      const ways = Object.entries(WAYS_OUT);
      const runs = await Promise.all(ways.map(([way]) => run(logger, program, way, collector.url)));
      for (const [index, { service, dlqPath, end }] of runs.entries()) {
        const { code, drains } = ways[index]![1];
        expect.soft(end, service).toMatchObject({ code, signal: null });
        const stored = (await collector.logs({ service })).map(({ id, message }) => ({ id, message }));
        const letters = readDeadLetters(dlqPath);
        expect.soft(letters.faults, service).toEqual([]);
        expect.soft(new Set(stored.map(({ id }) => id)).size, `${service}: stored once`).toBe(stored.length);
        const kept = [...stored, ...letters.entries];
        expect
          .soft(new Set(kept.map(({ id }) => id)).size, `${service}: no entry under two ids`)
          .toBe(LOGGED);
        expect.soft(missingIn(kept), `${service}: nothing lost`).toBe('');
        expect.soft(drains ? letters.entries.length : 0, `${service}: all delivered`).toBe(0);
      }
    },
  );

  it('keeps all on disk, once each, when nobody listens', async () => {
    const ways = Object.entries(WAYS_OUT);
    const runs = await Promise.all(
      ways.map(([way]) => run(logger, 'exit.mjs', way, 'http://127.0.0.1:9', 500)),
    );
    for (const [index, { service, dlqPath, end }] of runs.entries()) {
      const { code } = ways[index]![1];
      expect.soft(end, service).toMatchObject({ code, signal: null });
      const letters = readDeadLetters(dlqPath);
      expect.soft(letters.faults, service).toEqual([]);
      expect.soft(letters.entries.length, `${service}: none twice`).toBe(LOGGED);
      expect.soft(missingIn(letters.entries), `${service}: nothing lost`).toBe('');
    }
  });
});
