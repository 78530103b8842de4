import { describe, expect, it } from 'vitest';
import { HARMLESS, corpusCases, generatedCases, logHostile } from '../kit/hostile-run.ts';
import { type PairName, makeLoggerPair, pairNames } from '../kit/logger-pairs.ts';
import { startReceiver } from '../kit/receiver.ts';

/** Generated values per adapter. */
const GENERATED = 2_000;

const seed = Number(process.env['TRACEHUB_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe.each<PairName>([...pairNames])('%s', (name) => {
  it('sends every hostile value as a valid entry and loses no good neighbour', async () => {
    const receiver = await startReceiver();
    const pair = makeLoggerPair(name, receiver.url);
    expect(await logHostile(pair, receiver, corpusCases(pair))).toEqual(HARMLESS);
    await pair.close();
  });

  it(`does the same for ${GENERATED} generated values`, async () => {
    const receiver = await startReceiver();
    const pair = makeLoggerPair(name, receiver.url);
    expect(await logHostile(pair, receiver, generatedCases(GENERATED, seed))).toEqual(HARMLESS);
    await pair.close();
  });
});
