import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Sender, type SenderOptions, createSender } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { type SeenRequest, type Step, accept } from '../kit/fault-server.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import {
  KEY,
  type SetUp,
  cli,
  leaveLetters,
  numbersOf,
  setUp,
  startCli,
} from '../../packages/cli/test/support.ts';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const sorted = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b);

/** Numbers, each once. */
const distinct = (numbers: number[]): number[] => sorted([...new Set(numbers)]);

/** A moment for each answer, so that a kill meets a batch under way. */
const slowly = (request: SeenRequest): Step[] => [{ do: 'wait', ms: 15 }, ...accept(request)];

/** Small batches, so that there are many moments at which to be killed. */
function smallBatches(): string {
  const file = join(makeTempDirectory('config'), 'options.json');
  writeFileSync(file, JSON.stringify({ maxBatchEntries: 10 }));
  return file;
}

/** A server that takes a moment for each answer, and before it segments of ten letters each. */
async function withSegments(count: number, apiKey = KEY): Promise<SetUp> {
  const set = await setUp({ onWhole: slowly });
  const { server, dlqPath } = set;
  await server.stop();
  for (const segment of range(0, count - 1)) {
    await leaveLetters(10, { endpoint: server.url, dlqPath, apiKey, from: 1 + segment * 10 });
  }
  await server.restart();
  return set;
}

/** An app with the same destination, under way. */
function startApp({ server, dlqPath }: SetUp, options: Partial<SenderOptions>): Sender {
  const app = createSender(
    {
      endpoint: server.url,
      apiKey: KEY,
      dlqPath,
      service: 'app',
      environment: 'test',
      ...options,
    },
    { sdkVersion: 'test/0.0.0', emitWarning: () => {} },
  );
  watchLedger('the app beside', app);
  return app;
}

/** Starts a command, and kills it `delay` ms after it has said this; false if it was over before, or had nothing to say. */
async function killAfter(
  args: string[],
  env: Record<string, string>,
  said: string,
  delay: number,
): Promise<boolean> {
  const child = startCli(args, { env });
  const hasSaid = await child.line(said).then(
    () => true,
    () => false,
  );
  if (hasSaid) await sleep(delay);
  child.kill('SIGKILL');
  return (await child.ended).signal === 'SIGKILL';
}

describe('a replay that is killed', { timeout: 120_000 }, () => {
  it('loses nothing, and sends at most the batch under way again', async () => {
    const { env, server, dlqPath } = await withSegments(20);
    const args = ['dlq', 'replay', '--yes', '--config', smallBatches()];
    let kills = 0;
    for (let round = 0; round < 5; round++) {
      const before = server.requests.length;
      const child = startCli(args, { env });
      // In the middle of this replay's third batch, or a later one.
      while (server.requests.length < before + 3) await sleep(2);
      await sleep(round * 4);
      child.kill('SIGKILL');
      if ((await child.ended).signal === 'SIGKILL') kills++;
    }
    expect(kills).toBe(5);
    const last = await cli(args, { env });
    expect(last.code).toBe(0);
    expect(distinct(numbersOf(server.stored()))).toEqual(range(1, 200));
    // Each kill costs the entries of one batch a second sending, no more.
    expect(server.stored().length).toBeLessThanOrEqual(200 + kills * 10);
    expect(server.faults).toEqual([]);
    expect(readDeadLetters(dlqPath)).toEqual({ entries: [], rejected: [], faults: [] });
  });

  it('that is interrupted puts back what is left and says so', async () => {
    const { env, server, dlqPath } = await withSegments(20);
    const child = startCli(['dlq', 'replay', '--yes', '--config', smallBatches()], { env });
    while (server.requests.length < 3) await sleep(2);
    child.kill('SIGINT');
    const { code, stdout } = await child.ended;
    expect(code).toBe(1);
    const delivered = Number(/^(\d+) letters delivered/m.exec(stdout)?.[1]);
    expect(stdout).toContain(`${200 - delivered} letters not sent by this replay`);
    expect(server.stored()).toHaveLength(delivered);
    const waiting = readDeadLetters(dlqPath);
    expect(waiting.entries).toHaveLength(200 - delivered);
    expect(waiting.faults).toEqual([]);
  });
});

describe('an adoption that is killed', { timeout: 120_000 }, () => {
  it.each([
    ['whole segments', []],
    ['selected letters', ['--level', 'warn']],
  ])('loses nothing: %s', async (_, filter) => {
    const { env, server, dlqPath } = await withSegments(12, 'th_old');
    const args = ['dlq', 'adopt', 'others', '--yes', ...filter];
    let kills = 0;
    for (let round = 0; round < 5; round++) {
      if (await killAfter(args, env, 'would become', round * 8)) kills++;
      // All letters are somewhere, at every moment.
      expect(distinct(numbersOf(readDeadLetters(dlqPath).entries))).toEqual(range(1, 120));
    }
    expect(kills).toBeGreaterThanOrEqual(1);
    await cli(args, { env });
    await cli(['dlq', 'replay', '--yes'], { env });
    const meant = range(1, 120).filter((number) => filter.length === 0 || number % 3 !== 0);
    expect(distinct(numbersOf(server.stored()))).toEqual(meant);
    expect(server.faults).toEqual([]);
    const left = readDeadLetters(dlqPath);
    expect(distinct(numbersOf(left.entries))).toEqual(
      range(1, 120).filter((number) => !meant.includes(number)),
    );
    expect(left.faults).toEqual([]);
  });
});

describe('an import that is killed', { timeout: 120_000 }, () => {
  it('loses nothing, and doubles nothing where ids count', async () => {
    const { env, server, dlqPath } = await setUp();
    const line = (number: number): string =>
      JSON.stringify({
        level: 'INFO',
        message: `letter ${number}`,
        timestamp: '2026-11-22T10:00:00.123+00:00',
      });
    for (let file = 0; file < 8; file++) {
      const path = join(dlqPath, `failed_2026-11-22T10-00-0${file}.jsonl`);
      writeFileSync(
        path,
        range(file * 50 + 1, file * 50 + 50)
          .map((number) => `${line(number)}\n`)
          .join(''),
      );
      const then = new Date(Date.now() - 60_000);
      utimesSync(path, then, then);
    }
    const args = ['dlq', 'import', '--yes'];
    let kills = 0;
    for (let round = 0; round < 5; round++) {
      if (await killAfter(args, env, 'and be sent with the key', round * 8)) kills++;
    }
    expect(kills).toBeGreaterThanOrEqual(1);
    await cli(args, { env });
    expect(readdirSync(dlqPath).filter((name) => name.startsWith('failed_'))).toEqual([]);
    await cli(['dlq', 'replay', '--yes'], { env });
    expect(distinct(numbersOf(server.stored()))).toEqual(range(1, 400));
    expect(server.ids.size).toBe(400);
    expect(server.faults).toEqual([]);
  });
});

describe('beside a running app', { timeout: 60_000 }, () => {
  it('a replay and the app send each letter once between them', async () => {
    const set = await withSegments(30);
    const { env, server, dlqPath } = set;
    const config = smallBatches();
    const replaying = startCli(['dlq', 'replay', '--yes', '--config', config], { env });
    while (server.requests.length < 2) await sleep(2);
    const app = startApp(set, { maxBatchEntries: 10 });
    await server.waitForStored(300, 40_000);
    await replaying.ended;
    await app.close();
    expect(sorted(numbersOf(server.stored()))).toEqual(range(1, 300));
    expect(readDeadLetters(dlqPath)).toEqual({ entries: [], rejected: [], faults: [] });
  });

  it('what the app is writing is left to it: by ls, replay and drop', async () => {
    const set = await setUp();
    const { env, dlqPath } = set;
    await set.server.stop();
    const app = startApp(set, { maxRetries: 0, flushInterval: 10 });
    for (const number of range(1, 5)) app.send({ level: 'INFO', message: `letter ${number}` });
    await app.flush();
    expect(app.stats().deadLettered).toBe(5);
    const shown = await cli(['dlq', 'ls', '--json'], { env });
    expect(JSON.parse(shown.stdout)).toMatchObject({ destinations: [{ waiting: 0, held: 5 }] });
    const replayed = await cli(['dlq', 'replay', '--yes'], { env });
    expect(replayed.stdout).toContain('nothing to replay');
    expect(replayed.stderr).toContain('5 letters in use by running processes stay with them');
    const dropped = await cli(['dlq', 'drop', '--yes'], { env });
    expect(dropped.stdout).toContain('nothing to drop');
    await app.close();
    expect(sorted(numbersOf(readDeadLetters(dlqPath).entries))).toEqual(range(1, 5));
  });
});
