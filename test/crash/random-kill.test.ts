import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { inParallel, lastWords, missing, recover, startLife } from './kit/lives.ts';
import { type ServerMode, startNumberedReceiver } from './kit/numbered-receiver.ts';
import { randomFrom, seed, size } from './kit/size.ts';

/** Lives of one directory: each but the last is killed, and each starts with what the one before left. */
const LIVES = 10;
/** Long enough for the first batches to be delivered and marked: what the first request loads takes its time. */
const LONGEST_LIFE_MS = 700;
const MODES: readonly ServerMode[] = ['up', 'up', '503', 'refuse', 'hang', 'half'];

interface Chain {
  seed: number;
  durable: boolean;
  durableInterval?: number;
}

/** Kills life after life at random times; gives what was promised and did not come. */
async function runChain(chain: Chain): Promise<{ faults: string[]; promises: number }> {
  const { seed: start, durable, durableInterval = 20 } = chain;
  const random = randomFrom(start);
  const receiver = await startNumberedReceiver();
  const dlqPath = makeTempDirectory('kill');
  const faults: string[] = [];
  const promised: { life: string; durable: number; settled: number }[] = [];
  for (let index = 0; index < LIVES; index++) {
    const mode = MODES[Math.floor(random() * MODES.length)]!;
    await receiver.setMode(mode);
    const life = `${mode}-${index}-${randomUUID().slice(0, 8)}`;
    const options = durable ? { durable, durableInterval } : {};
    const child = startLife({ life, endpoint: receiver.url, dlqPath, options });
    // Most kills hit a sender at work; one in six its start and the recovery in it.
    if (random() > 1 / 6) await child.line('at');
    await sleep(random() * LONGEST_LIFE_MS);
    child.kill('SIGKILL');
    const words = lastWords(await child.ended);
    promised.push({ life, durable: words.durable, settled: words.deadLettered + words.delivered });
  }
  const left = await recover(receiver, dlqPath);
  if (left.length > 0) faults.push(`left in the directory: ${left.join(', ')}`);
  if (receiver.torn.length > 0) faults.push(`torn: ${receiver.torn.join(', ')}`);
  for (const { life, durable: safe, settled } of promised) {
    const lost = missing(receiver, life, safe);
    if (lost.length > 0)
      faults.push(`${life}: ${lost.length} of ${safe} durable entries are lost: ${lost.join()}`);
    const received = receiver.numbers(life).size;
    if (received < settled) faults.push(`${life}: ${settled} settled entries, ${received} received`);
  }
  const promises = promised.reduce((sum, { durable: safe, settled }) => sum + (durable ? safe : settled), 0);
  return { faults, promises };
}

/** `kills` spread over chains, three at a time. */
async function runChains(kills: number, chain: Omit<Chain, 'seed'>): Promise<string[]> {
  const faults: string[] = [];
  let promises = 0;
  const seeds = Array.from({ length: Math.ceil(kills / LIVES) }, (_, index) => seed + index);
  await inParallel(
    3,
    seeds.map((start) => async () => {
      const result = await runChain({ ...chain, seed: start });
      promises += result.promises;
      faults.push(...result.faults.map((fault) => `seed ${start}: ${fault}`));
    }),
  );
  if (promises === 0) faults.push('nothing was promised before any of the kills: the lane proves nothing');
  const how = chain.durable ? `durable, interval ${chain.durableInterval ?? 20} ms` : 'not durable';
  console.log(`SIGKILL, ${how}: ${kills} kills, ${promises} entries promised, ${faults.length} faults`);
  return faults;
}

describe.sequential(`SIGKILL at random times (seed ${seed})`, { timeout: size(120_000, 1_200_000) }, () => {
  it('loses no entry that was called durable, with the default interval', async () => {
    expect(await runChains(size(60, 600), { durable: true })).toEqual([]);
  });

  it('loses no entry that was called durable, with durableInterval 0', async () => {
    expect(await runChains(size(34, 300), { durable: true, durableInterval: 0 })).toEqual([]);
  });

  it('loses nothing behind what was delivered when the server stops answering first', async () => {
    const tasks = Array.from({ length: size(6, 100) }, () => async () => {
      const receiver = await startNumberedReceiver();
      const dlqPath = makeTempDirectory('kill');
      const life = {
        life: 'cut',
        endpoint: receiver.url,
        dlqPath,
        options: { durable: true, timeout: 20_000 },
      };
      const child = startLife(life);
      while (receiver.numbers('cut').size < 100) await sleep(5);
      await receiver.setMode('hang');
      await sleep(120);
      child.kill('SIGKILL');
      const { durable, delivered } = lastWords(await child.ended);
      expect(durable).toBeGreaterThanOrEqual(delivered);
      expect(await recover(receiver, dlqPath)).toEqual([]);
      expect(missing(receiver, 'cut', durable)).toEqual([]);
    });
    await inParallel(3, tasks);
  });

  it('loses no dead letter without durable', async () => {
    expect(await runChains(size(20, 200), { durable: false })).toEqual([]);
  });
});
