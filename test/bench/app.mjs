// One process of the bench: opens one subject, takes one measure of it, and reports in lines of JSON on descriptor 3.
import { writeSync } from 'node:fs';
import { findSubject } from './subjects/index.mjs';

/**
 * What a subject is opened with.
 * @typedef {{ endpoint: string, dlqPath: string, isRoomy: boolean, options: object }} Opening
 * @typedef {{
 *   subject: string, measure: string, endpoint: string, dlqPath: string,
 *   isRoomy: boolean,   buffers hold the whole burst
 *   count?: number, rate?: number,   a second
 *   warmUp?: number   records before the measure
 * }} Job
 * @typedef {{
 *   job: Job, subject: import('./subjects/index.mjs').Subject,
 *   open: () => Promise<import('./subjects/loggers.mjs').Opened>,
 *   report: (values: object) => void,
 *   told: () => Promise<void>   resolves when the bench says that the server has got what it will get
 * }} Measuring
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
const subject = findSubject(job.subject);
const report = (values) => void writeSync(3, `${JSON.stringify(values)}\n`);
// Holds the loop: what a transport does at its end may not.
process.stdin.resume();
const { default: measure } = await import(`./measures/${job.measure}.mjs`);

await measure({
  job,
  subject,
  report,
  async open() {
    const { open } = await import(`./subjects/${subject.module}.mjs`);
    return open({ ...job, options: subject.options ?? {} });
  },
  told: () => new Promise((resolve) => process.stdin.once('data', resolve)),
});
process.exit(0);
