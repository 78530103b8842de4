import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Stats } from '@tracehub/core-sender';
import { expect, test } from 'vitest';
import { randomFrom, seed } from '../crash/kit/size.ts';
import { type Child, type ChildEnd, startProgram } from '../kit/child.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { ledgerFaults } from '../kit/ledger-check.ts';
import { senderOptions } from '../kit/sender-options.ts';
import { type Sample, leakFigures, leaks } from './leaks.ts';

const LOGGERS = ['winston', 'pino'] as const;
const isFull = process.env['TRACEHUB_FULL'] === '1';
const SECONDS = isFull ? 1_800 : 60;
/** Of each of the two apps, which run side by side. */
const RATE = 5_000;
const DOWN_MODES = ['503', 'hang', 'reset', 'forgetful', 'refuse'] as const;
const LIMIT_MS = SECONDS * 1000 + 100_000;

/** What `programs/flapping-server.mjs` kept. */
interface ServerReport {
  apps: Record<string, { received: number; copies: number; highest: number }>;
  torn: string[];
  unanswered: number;
  requests: number;
}

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));

/** Each line of stdout that starts with `word`, as the JSON behind it. */
function said<T>({ stdout }: ChildEnd, word: string): T[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${word} `));
  return lines.map((line) => JSON.parse(line.slice(word.length)) as T);
}

/** Up and down in turn, a few seconds each, with every way of being down as often as the others. */
async function flap(server: Child): Promise<void> {
  const random = randomFrom(seed);
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const drawn = DOWN_MODES.map((mode) => ({ mode, lot: random() }));
    for (const { mode } of drawn.toSorted((a, b) => a.lot - b.lot)) {
      server.tell('up');
      await sleep(3_000 + random() * 3_000);
      if (performance.now() > end) return;
      server.tell(mode);
      await sleep(1_000 + random() * 1_000);
    }
  }
}

interface App {
  name: string;
  dlqPath: string;
  end: ChildEnd;
}

function startApp(name: string, url: string): Omit<App, 'end'> & { child: Child } {
  // Longer than this machine may stall: what is answered too late comes twice, and the server would not know.
  const options = senderOptions(url, { timeout: 3_000, flushInterval: 1_000 });
  const child = startProgram(program('steady-app'), {
    args: [JSON.stringify({ name, rate: RATE, options })],
    nodeArgs: ['--expose-gc'],
    // Not an argument: pino keeps those from its worker.
    env: { NODE_OPTIONS: `--import ${program('thread-sampler')}` },
    limit: LIMIT_MS,
  });
  return { name, dlqPath: options.dlqPath, child };
}

/** Every entry came, or the ledger says that it was dropped; the ledger balanced all the time. */
function checkAccounts({ name, dlqPath, end }: App, report: ServerReport): void {
  expect({ name, code: end.code, stderr: end.code === 0 ? '' : end.stderr }).toEqual({
    name,
    code: 0,
    stderr: '',
  });
  const [last] = said<{ logged: number; stats: Stats }>(end, 'end');
  const { logged, stats } = last!;
  const { received, highest } = report.apps[name]!;
  const samples = said<Stats>(end, 'stats');
  expect(samples.length, 'looks at the ledger').toBeGreaterThan(SECONDS / 2);
  expect([...samples, stats].flatMap(ledgerFaults)).toEqual([]);
  expect(highest, 'numbers that were never logged').toBeLessThan(logged);
  expect(logged - received - stats.dropped, 'lost').toBe(0);
  expect(stats).toMatchObject({
    accepted: logged,
    delivered: received,
    dropped: stats.drops['buffer-full'],
    deadLettered: 0,
    pending: 0,
  });
  expect(readDeadLetters(dlqPath)).toEqual({ entries: [], rejected: [], faults: [] });
  const most = Math.max(...samples.map(({ deadLettered }) => deadLettered));
  console.log(
    `soak: ${name} logged ${logged}, received ${received}, dropped ${stats.dropped}, lost 0; ` +
      `at most ${most} on disk; ${stats.requests} requests, ${stats.retries} retries`,
  );
}

/** No thread of the app holds more towards the end than it did before. */
function checkLeaks({ name, end }: App): void {
  const samples = said<Sample>(end, 'sample');
  const threads = [...new Set(samples.map(({ thread }) => thread))];
  expect(threads.toSorted()).toEqual(name === 'pino' ? ['app', 'worker'] : ['app']);
  for (const thread of threads) {
    const figures = leakFigures(
      samples.filter((sample) => sample.thread === thread),
      SECONDS,
    );
    console.log(`soak: ${name}, ${thread} thread: ${JSON.stringify(figures)}`);
    expect(leaks(figures), `leaks of ${name}, ${thread} thread`).toEqual([]);
  }
}

test(
  `nothing is lost or left behind of ${RATE} entries/s for ${SECONDS} s from ${LOGGERS.join(' and ')} (seed ${seed})`,
  { timeout: LIMIT_MS },
  async () => {
    const server = startProgram(program('flapping-server'), { limit: LIMIT_MS });
    const url = `http://127.0.0.1:${await server.line('listening')}`;
    const apps = LOGGERS.map((name) => startApp(name, url));
    await flap(server);
    server.tell('up');
    for (const { child } of apps) child.tell('end');
    const ended = await Promise.all(apps.map(async (app) => ({ ...app, end: await app.child.ended })));
    server.tell('report');
    const report = JSON.parse(await server.line('report')) as ServerReport;
    for (const app of ended) {
      checkAccounts(app, report);
      checkLeaks(app);
    }
    expect(report.torn).toEqual([]);
    const duplicates = Object.values(report.apps).reduce((sum, app) => sum + app.copies - app.received, 0);
    expect(duplicates, 'entries sent again after an answer').toBeLessThanOrEqual(report.unanswered);
    console.log(
      `soak: ${duplicates} duplicates of at most ${report.unanswered}, ${report.requests} requests read`,
    );
  },
);
