import { SUBJECTS } from './subjects/index.mjs';

/**
 * @typedef {{ measure: keyof typeof import('./cell.mjs').MEASURES, subjects: readonly string[], count?: number, rate?: number, warmUp?: number, rounds?: number }} Step
 *   rounds: fewer than the plan's
 * @typedef {{ rounds: number, steps: readonly Step[] }} Plan
 */

const RATE = 5_000;
const FLOOD_RATE = 50_000;

const ids = (pick) => SUBJECTS.filter(pick).map(({ id }) => id);
const named = (...names) => ids(({ id, family }) => names.includes(id.slice(family.length + 1)));

const everyone = ids(() => true);
const peers = ids(({ kind }) => kind === 'peer');
const withPackage = ids((subject) => subject.package !== undefined);
const ours = ids(({ kind }) => kind === 'ours');
const defaults = named('tracehub');
const notDefaults = ours.filter((subject) => !defaults.includes(subject));
const forGoals = named('tracehub durable', 'tracehub worker');
/** Of each family the peer that was fastest when the bench was written. */
const FASTEST_PEERS = ['pino pino-elasticsearch', 'winston Http', 'bunyan bunyan-seq'];

const judged = [...ids(({ kind }) => kind === 'floor'), ...named('tracehub', 'tracehub worker')];
/** At a steady rate: what a goal judges, and what it is to be ahead of; and what else is worth knowing there. */
const compared = [...judged, ...named('limit'), ...FASTEST_PEERS, 'winston winston-loki'];
const others = [...peers, ...named('tracehub durable', 'tracehub in-process')].filter(
  (subject) => !compared.includes(subject),
);
const yardsticks = ids(({ kind }) => kind === 'floor' || kind === 'limit');

/**
 * Every peer, and nine rounds of what a goal is judged by and of what it is compared with: an hour and a quarter on a
 * quiet machine. The rest has three or one.
 * @type {Plan}
 */
export const FULL = {
  rounds: 9,
  steps: [
    { measure: 'burst', subjects: everyone, count: 100_000 },
    ...['paced', 'paced, server hung'].flatMap((measure) => [
      { measure, subjects: compared, count: 10_000, rate: RATE },
      { measure, subjects: others, count: 10_000, rate: RATE, rounds: 3 },
    ]),
    { measure: 'load', subjects: withPackage },
    { measure: 'paced, server down', subjects: [...judged, ...peers], count: 10_000, rate: RATE, rounds: 3 },
    { measure: 'burst as installed', subjects: ours, count: 100_000, rounds: 3 },
    { measure: 'burst as installed', subjects: peers, count: 100_000, rounds: 1 },
    ...losses(defaults),
    ...losses([...notDefaults, ...peers]).map((step) => ({ ...step, rounds: 1 })),
    { measure: 'flood', subjects: defaults, count: 1_000_000, rate: FLOOD_RATE },
  ],
};

/** Under four minutes. @type {Plan} */
export const QUICK = {
  rounds: 3,
  steps: [
    {
      measure: 'burst',
      subjects: [...named('floor', 'floor raw', 'limit', 'tracehub', 'tracehub tuned'), ...FASTEST_PEERS],
      count: 50_000,
    },
    {
      measure: 'paced, server hung',
      subjects: named('floor', 'tracehub'),
      count: 10_000,
      rate: RATE,
    },
    { measure: 'load', subjects: defaults },
    { measure: 'process.exit', subjects: defaults, count: 1_000 },
  ],
};

/** The quick plan, and what the goals need besides. @type {Plan} */
export const QUICK_GOALS = {
  rounds: QUICK.rounds,
  steps: [
    ...QUICK.steps.map((step) => (step.measure === 'burst' ? withSubjects(step, forGoals) : step)),
    { measure: 'paced', subjects: compared, count: 10_000, rate: RATE },
    ...losses(defaults).filter(({ measure }) => measure !== 'process.exit'),
    { measure: 'flood', subjects: defaults, count: 250_000, rate: FLOOD_RATE },
  ],
};

/** Everything that needs no peer, once and small: shows that it runs, and that nothing is lost. @type {Plan} */
export const SMOKE = {
  rounds: 1,
  steps: [
    { measure: 'burst', subjects: [...yardsticks, ...ours], count: 2_000, warmUp: 500 },
    { measure: 'paced, server hung', subjects: defaults, count: 500, rate: RATE, warmUp: 500 },
    { measure: 'load', subjects: defaults },
    { measure: 'process.exit', subjects: defaults, count: 500 },
  ],
};

/** @param {readonly string[]} subjects @returns {Step[]} */
function losses(subjects) {
  return [
    { measure: 'process.exit', subjects, count: 1_000 },
    { measure: 'close', subjects, count: 5_000, rate: RATE },
    { measure: 'outage', subjects, count: 5_000, rate: RATE },
    { measure: 'dead server', subjects, count: 5_000, rate: RATE },
  ];
}

/** @param {Step} step @param {readonly string[]} more @returns {Step} */
function withSubjects(step, more) {
  return { ...step, subjects: [...step.subjects, ...more] };
}
