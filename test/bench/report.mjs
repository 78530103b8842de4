import { readFileSync, writeFileSync } from 'node:fs';
import { toShareText, toSpreadText, toTable } from './format.mjs';
import { FAMILIES, SUBJECTS } from './subjects/index.mjs';

/** A column: its head and what it says of a subject. @typedef {[string, (results: import('./results.mjs').Results, subject: import('./subjects/index.mjs').Subject) => string]} Column */

/** @returns {Column[1]} */
function value(measure, metric) {
  return (results, { id }) => toSpreadText(results.spread(measure, id, metric));
}

/** A subject that is not installed, or cannot be opened, stays in the table. @returns {Column[1]} */
function valueOrFault(measure, metric) {
  return (results, { id }) =>
    results.hasFault(measure, id) && !results.spread(measure, id, 'cpuUs')
      ? 'did not run'
      : toSpreadText(results.spread(measure, id, metric));
}

/** @returns {Column[1]} */
function share(measure, metric) {
  return (results, { id }) => toShareText(results.spread(measure, id, metric));
}

/** @returns {Column[1]} */
function ratio(measure, metric, to) {
  return (results, { id, family }) => toSpreadText(results.ratio(measure, id, metric, `${family} ${to}`));
}

/** @type {[string, Column[]][]} */
const TABLES = [
  [
    'A burst, then close; buffers raised to hold it',
    [
      ['delivered/s', valueOrFault('burst', 'perSecond')],
      ['to the limit', ratio('burst', 'perSecond', 'limit')],
      ['delivered', share('burst', 'delivered')],
      ['CPU µs/record, whole process', value('burst', 'cpuUs')],
      ['to the limit', ratio('burst', 'cpuUs', 'limit')],
      ['peak RSS MiB', value('burst', 'peakRssMiB')],
      ['to the limit', ratio('burst', 'peakRssMiB', 'limit')],
      ['bytes/record', value('burst', 'bytesPerRecord')],
    ],
  ],
  [
    'What the app thread pays',
    [
      ['call in the burst, ns', value('burst', 'callNs')],
      ['CPU of the thread, burst and rest, µs/record', value('burst', 'mainUs')],
      ['to the floor', ratio('burst', 'mainUs', 'floor')],
      ['call at 5,000/s, ns', value('paced', 'callNs')],
      ['CPU of the thread at 5,000/s and rest, µs/record', value('paced', 'mainUs')],
      ['to the floor', ratio('paced', 'mainUs', 'floor')],
    ],
  ],
  [
    'Event-loop delay p99 at 5,000/s, ms',
    [
      ['server ok', value('paced', 'delayP99Ms')],
      ['hung', value('paced, server hung', 'delayP99Ms')],
      ['hung, to the floor', ratio('paced, server hung', 'delayP99Ms', 'floor')],
      ['hung, longest', value('paced, server hung', 'delayMaxMs')],
      ['down', value('paced, server down', 'delayP99Ms')],
    ],
  ],
  [
    'Delivered or on disk',
    [
      ['burst, as installed', share('burst as installed', 'safe')],
      ['process.exit', share('process.exit', 'safe')],
      ['close', share('close', 'safe')],
      ['outage until 1 s after the last record', share('outage', 'safe')],
      ['dead server', share('dead server', 'safe')],
    ],
  ],
  [
    'Loading and growing',
    [
      ['loading on the app thread, ms', value('load', 'loadMs')],
      ['to loading undici', value('load', 'toUndici')],
      ['modules of HTTP code', value('load', 'httpModules')],
      ['RSS growth at 50,000/s, server down, MiB', value('flood', 'rssGrowthMiB')],
    ],
  ],
];

/** The tables, in Markdown. @param {import('./results.mjs').Results} results @param {string} machine */
export function toReport(results, machine) {
  const subjects = SUBJECTS.filter(({ id }) => results.has(id));
  const tables = TABLES.map(([title, columns]) => {
    const rows = FAMILIES.flatMap((family) => subjects.filter((subject) => subject.family === family))
      .map((subject) => [subject.id, ...columns.map(([, cell]) => cell(results, subject))])
      .filter(([, ...cells]) => cells.some((cell) => cell !== '–'));
    return rows.length > 0 ? [`### ${title}`, toTable(['', ...columns.map(([head]) => head)], rows)] : [];
  });
  const faults = results.faults().map((fault) => `- ${fault}`);
  const rest = faults.length > 0 ? ['### What did not run, or ended badly', faults.join('\n')] : [];
  return `${[machine, 'Median (quartiles); ratios within a round.', ...tables.flat(), ...rest].join('\n\n')}\n`;
}

/** Puts the report between the marks in README.md, and the chart beside it. @param {string} report @param {string} chart */
export function writeReadme(report, chart) {
  const file = new URL('README.md', import.meta.url);
  const text = readFileSync(file, 'utf8');
  const [start, end] = ['<!-- results -->\n', '<!-- /results -->'];
  const head = text.slice(0, text.indexOf(start) + start.length);
  writeFileSync(file, `${head}\n${report}\n${text.slice(text.indexOf(end))}`);
  writeFileSync(new URL('chart.svg', import.meta.url), chart);
}
