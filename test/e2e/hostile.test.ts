import { describe, expect, it } from 'vitest';
import { seed, size } from '../crash/kit/size.ts';
import { HARMLESS, corpusCases, generatedCases, logHostile } from '../kit/hostile-run.ts';
import { type PairName, makeLoggerPair, pairNames } from '../kit/logger-pairs.ts';
import { startReceiver } from '../kit/receiver.ts';

/** Generated values per adapter, in rounds of so many: 220,000 over all of them at full size. */
const ROUND = size(800, 2_000);
const ROUNDS = size(1, 10);

describe.each<PairName>([...pairNames])('%s', { timeout: size(60_000, 1_800_000) }, (name) => {
  it('sends every hostile value as a valid entry and loses no good neighbour', async () => {
    const receiver = await startReceiver();
    const pair = makeLoggerPair(name, receiver.url);
    expect(await logHostile(pair, receiver, corpusCases(pair))).toEqual(HARMLESS);
    await pair.close();
  });

  it(`does the same for ${ROUNDS * ROUND} generated values (seed ${seed})`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const receiver = await startReceiver();
      const pair = makeLoggerPair(name, receiver.url);
      expect(await logHostile(pair, receiver, generatedCases(ROUND, seed + round))).toEqual(HARMLESS);
      await pair.close();
      await receiver.close();
    }
  });
});
