// pnpm run bench [--full | --smoke] [--goals] [--readme] [--rounds N] [--only TEXT] [--measure NAME]
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { runCell } from './cell.mjs';
import { toChart } from './chart.mjs';
import { goalsTable, judge } from './goals.mjs';
import { describeMachine } from './machine.mjs';
import { FULL, QUICK, QUICK_GOALS, SMOKE } from './plans.mjs';
import { toReport, writeReadme } from './report.mjs';
import { Results } from './results.mjs';
import { startSink } from './sink-client.mjs';
import { smokeFaults } from './smoke.mjs';

if (process.platform !== 'linux')
  throw new Error('the bench reads CPU and memory from /proc: it needs Linux');
const { values: given } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    goals: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    measure: { type: 'string' },
  },
});

const quick = given.goals ? QUICK_GOALS : QUICK;
const plan = given.full ? FULL : given.smoke ? SMOKE : quick;
const rounds = Number(given.rounds ?? plan.rounds);
const steps = plan.steps
  .filter(({ measure }) => measure === (given.measure ?? measure))
  .map((step) => ({
    ...step,
    subjects: step.subjects.filter((subject) => subject.includes(given.only)),
  }));
if (steps.length === 0) {
  const measures = new Set(plan.steps.map(({ measure }) => measure));
  throw new Error(`this run has no measure "${given.measure}"; it has: ${[...measures].join('; ')}`);
}
const began = performance.now();
const loadBefore = loadavg()[0];

const results = new Results();
const sink = await startSink();
// Ctrl-C ends a long run with what it has measured.
let isStopped = false;
process.once('SIGINT', () => (isStopped = true));
try {
  for (let round = 1; round <= rounds; round++) {
    for (const { measure, subjects, rounds: most = rounds, ...size } of steps) {
      for (const subject of rotate(subjects, round)) {
        if (round > most || isStopped) continue;
        progress(`round ${round} of ${rounds}: ${measure}: ${subject}`);
        const values = await runCell(sink, subject, measure, size);
        // The terminal interrupts the app of the cell, too.
        if (!isStopped) results.add(round, measure, subject, values);
      }
    }
  }
} finally {
  progress('');
  await sink.stop();
}

const seconds = Math.round((performance.now() - began) / 1_000);
const kind = given.full ? 'Full' : given.smoke ? 'Smoke' : 'Quick';
const how = `${kind} run, ${rounds} rounds${isStopped ? ', interrupted' : ''}, ${seconds} s`;
const machine = `${how}. ${describeMachine(loadBefore)}`;
const judged = given.goals ? judge(results) : [];
const report = toReport(results, machine) + (given.goals ? `\n${goalsTable(judged)}` : '');
console.log(report);
if (given.smoke) {
  const faults = smokeFaults(results, steps);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
} else {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const name = given.measure ? `${date} ${given.measure}` : date;
  writeFileSync(new URL(`${name}.md`, folder), report);
  writeFileSync(new URL(`${name}.svg`, folder), toChart(results, how));
}
if (given.readme) writeReadme(report, toChart(results, how));
if (judged.some(({ isMet }) => !isMet)) process.exitCode = 1;

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Starts each round with another subject, so that none always follows the same. */
function rotate(subjects, by) {
  const start = by % (subjects.length || 1);
  return [...subjects.slice(start), ...subjects.slice(0, start)];
}
