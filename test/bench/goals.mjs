import { toSpreadText, toTable, toText } from './format.mjs';
import { FAMILIES, SUBJECTS } from './subjects/index.mjs';

/**
 * A goal: a figure, or its ratio to the same figure of another subject in the same round, within a bound per family.
 * @typedef {{
 *   text: string, measure: string, metric: string,
 *   of: string                      the subject, without its family
 *   to?: string | 'fastest peer'    what it is compared with
 *   atMost?: Bounds, atLeast?: Bounds
 * }} Goal
 * @typedef {Partial<Record<import('./subjects/index.mjs').Family, number>>} Bounds
 * @typedef {{ text: string, family: string, bound: string, spread?: import('./stats.mjs').Spread, isMet: boolean }} Judged
 */

const all = (bound) => ({ pino: bound, winston: bound, bunyan: bound });
/** What the buffers may hold, and the MiB beyond. */
const FLOOD_MIB = 64 + 64;

/** The goals of performance.md. @type {readonly Goal[]} */
export const GOALS = [
  {
    text: 'main-thread CPU at 5,000/s, to the floor',
    measure: 'paced',
    metric: 'mainUs',
    of: 'tracehub',
    to: 'floor',
    atMost: { pino: 1.1, winston: 1.7, bunyan: 1.9 },
  },
  {
    text: 'the same, `worker: true`',
    measure: 'paced',
    metric: 'mainUs',
    of: 'tracehub worker',
    to: 'floor',
    atMost: { winston: 1.4, bunyan: 1.4 },
  },
  ...['tracehub', 'tracehub tuned'].map((of) => ({
    text: `delivered/s, ${of === 'tracehub' ? 'defaults' : 'tuned'}, to the limit`,
    measure: 'burst',
    metric: 'perSecond',
    of,
    to: 'limit',
    atLeast: all(0.85),
  })),
  {
    text: 'delivered/s to the fastest peer',
    measure: 'burst',
    metric: 'perSecond',
    of: 'tracehub',
    to: 'fastest peer',
    atLeast: { pino: 1.8, winston: 1.8, bunyan: 2.5 },
  },
  {
    text: 'CPU per entry to the limit',
    measure: 'burst',
    metric: 'cpuUs',
    of: 'tracehub',
    to: 'limit',
    atMost: { pino: 1.25, winston: 1.4, bunyan: 1.4 },
  },
  {
    text: 'peak RSS of the burst to the limit',
    measure: 'burst',
    metric: 'peakRssMiB',
    of: 'tracehub',
    to: 'limit',
    atMost: all(1.2),
  },
  {
    text: 'event-loop delay p99 at 5,000/s, server hung, to the floor',
    measure: 'paced, server hung',
    metric: 'delayP99Ms',
    of: 'tracehub',
    to: 'floor',
    atMost: all(1.1),
  },
  ...['burst', 'close', 'process.exit', 'outage', 'dead server'].map((measure) => ({
    text: `delivered or on disk: ${measure}`,
    measure,
    metric: 'safe',
    of: 'tracehub',
    atLeast: all(1),
  })),
  {
    text: 'server down, 50,000/s: RSS growth, MiB',
    measure: 'flood',
    metric: 'rssGrowthMiB',
    of: 'tracehub',
    atMost: all(FLOOD_MIB),
  },
  {
    text: '`durable: true`, delivered/s to not durable',
    measure: 'burst',
    metric: 'perSecond',
    of: 'tracehub durable',
    to: 'tracehub',
    atLeast: all(0.5),
  },
  {
    text: 'loading the package on the app thread, ms',
    measure: 'load',
    metric: 'loadMs',
    of: 'tracehub',
    atMost: all(30),
  },
  {
    // The goal was set where undici took 51 ms.
    text: 'the same, to loading undici',
    measure: 'load',
    metric: 'toUndici',
    of: 'tracehub',
    atMost: all(30 / 51),
  },
  {
    text: 'HTTP code loaded with it, modules',
    measure: 'load',
    metric: 'httpModules',
    of: 'tracehub',
    atMost: { pino: 0 },
  },
];

/**
 * Judges by the median; of what must not be lost every round counts. What was not measured is not met.
 * @param {import('./results.mjs').Results} results @returns {Judged[]}
 */
export function judge(results) {
  return GOALS.flatMap((goal) =>
    FAMILIES.flatMap((family) => {
      const [least, most] = [goal.atLeast?.[family], goal.atMost?.[family]];
      if (least === undefined && most === undefined) return [];
      const spread = spreadOf(results, goal, family);
      const bound = least === undefined ? `≤ ${toText(most)}` : `≥ ${toText(least)}`;
      const isMet =
        spread !== undefined &&
        (most === undefined || spread.median <= most) &&
        (least === undefined || (goal.metric === 'safe' ? spread.least : spread.median) >= least);
      return [{ text: goal.text, family, bound, spread, isMet }];
    }),
  );
}

function spreadOf(results, { measure, metric, of, to }, family) {
  const subject = `${family} ${of}`;
  if (to === undefined) return results.spread(measure, subject, metric);
  if (to !== 'fastest peer') return results.ratio(measure, subject, metric, `${family} ${to}`);
  const peers = SUBJECTS.filter((other) => other.family === family && other.kind === 'peer');
  return results.ratioToLargest(
    measure,
    subject,
    metric,
    peers.map(({ id }) => id),
  );
}

/** @param {readonly Judged[]} judged */
export function goalsTable(judged) {
  const rows = judged.map(({ text, family, bound, spread, isMet }) => [
    text,
    family,
    bound,
    spread ? toSpreadText(spread) : 'not measured',
    isMet ? 'met' : '**missed**',
  ]);
  const missed = judged.filter(({ isMet }) => !isMet).length;
  return `### Goals\n\n${toTable(['', 'logger', 'goal', 'measured', ''], rows)}\n\n${missed} of ${judged.length} missed.\n`;
}
