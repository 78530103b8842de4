import { randomFrom } from '../crash/kit/size.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type Run, runFleet } from './fleet.ts';
import { toSvg } from './plot.ts';
import { toTable } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

/** The same in every run, so that a figure in the README can be had again. */
const SEED = 7;

/**
 * Lets a fleet of `size` live through every scenario, or the short ones; gives a table and a plot of those that are
 * done after each.
 */
export async function* simulate(
  size: number,
  isLong: boolean,
): AsyncGenerator<{ table: string; svg: string }> {
  const runs: { name: string; run: Run; figures: Figures }[] = [];
  for (const scenario of SCENARIOS) {
    if (scenario.isLong && !isLong) continue;
    const run = await runFleet(scenario, size, randomFrom(SEED));
    runs.push({ name: scenario.name, run, figures: figuresOf(run, scenario.secondsToFail) });
    const rate = Math.round(runs[0]!.figures.steady).toLocaleString('en');
    const title = `${size.toLocaleString('en')} processes × 1,000 entries/s, ${rate} requests/s before the fault`;
    yield { table: `${title}\n\n${toTable(runs)}`, svg: toSvg(runs, title) };
  }
}
