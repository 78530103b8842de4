import { describe, expect, test } from 'vitest';
import { randomFrom, seed } from '../crash/kit/size.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type Run, runFleet } from './fleet.ts';
import { SCENARIOS } from './scenarios.ts';

/*
 * A fleet on a simulated clock, before a modelled server: gate, backoff, retry budget, batch worker, ring, ledger and
 * replay are the real ones; the wire and the disk are counted. `pnpm run simulate` shows the same at full size.
 */

const SIZE = 200;

/** What is asked of every scenario but for what a row says otherwise. */
const STORM = 3;
const REQUESTS_IN_TEN_MINUTES = 60;

const runs = new Map<string, { run: Run; figures: Figures }>();

/** The run of a scenario by a part of its name; each is run once. */
async function live(part: string): Promise<{ run: Run; figures: Figures }> {
  const scenario = SCENARIOS.find(({ name }) => name.includes(part))!;
  const known = runs.get(scenario.name);
  if (known) return known;
  const run = await runFleet(scenario, SIZE, randomFrom(seed));
  const lived = { run, figures: figuresOf(run, scenario.secondsToFail) };
  runs.set(scenario.name, lived);
  return lived;
}

const SHORT = SCENARIOS.filter(({ isLong }) => !isLong).map(({ name }) => name);

describe(`${SIZE} senders (seed ${seed})`, () => {
  test.each(SHORT)('after %s every entry is accounted for, and the backlog is gone', async (name) => {
    const { run } = await live(name);
    const { accepted, delivered, dropped, deadLettered, pending, stored } = run;
    expect({ deadLettered, pending, sum: delivered + dropped }).toEqual({
      deadLettered: 0,
      pending: 0,
      sum: accepted,
    });
    expect(accepted).toBeGreaterThan(SIZE * 1_000 * 100);
    expect(stored).toBeGreaterThanOrEqual(delivered);
  });

  test.each(SHORT)('after %s they do not come back in one second', async (name) => {
    const { figures } = await live(name);
    expect(figures.stormAfter).toBeLessThanOrEqual(STORM);
    expect(figures.peakAfter).toBeLessThanOrEqual(2);
  });

  // In a brown-out the server itself lines them up: it answers all probes that waited in its queue at once.
  test.each(SHORT.filter((name) => !name.includes('brown-out')))(
    'during %s they do not try in one second',
    async (name) => {
      const { figures } = await live(name);
      expect(figures.stormInFault).toBeLessThanOrEqual(STORM);
    },
  );

  test('in a brown-out the busiest second stays within twice what was before', async () => {
    const { figures } = await live('brown-out');
    expect(figures.peakInFault).toBeLessThanOrEqual(2);
  });

  test.each(['a minute of refused', '503 without', '503 with', 'without an answer'])(
    'a server that is down (%s) is asked by each no more often than the rule says',
    async (part) => {
      const { figures } = await live(part);
      // The first, quick tries are in it: a third of what ten minutes may cost.
      expect(figures.mostInFault).toBeLessThanOrEqual(REQUESTS_IN_TEN_MINUTES / 3);
    },
  );

  test('a replay lets three live batches go first while live entries wait', async () => {
    const { run, figures } = await live('then two minutes with half');
    expect(run.contended).toBeGreaterThan(SIZE);
    expect(figures.livePerReplay).toBeGreaterThan(2.9);
  });

  test('an outage a disk can hold costs no entry', async () => {
    const { run } = await live('a minute of refused connections');
    expect({ dropped: run.dropped, twice: run.stored - run.delivered }).toEqual({ dropped: 0, twice: 0 });
  });
});
