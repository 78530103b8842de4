// What the three apps have in common: where the demo tells them to log to, a number for every log call by which the
// demo finds each of them again, and a last line with their own counts.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('@tracehub/core-sender').Stats} Stats */

const { logged, deadLetters, ...destination } = JSON.parse(process.argv[2] ?? '{}');

/** Options of the transport. */
export const options = { environment: 'demo', ...destination };

/** Whether an earlier run of this app left dead letters. */
export const isRestart = deadLetters > 0;

let number = logged;

/** The number of the next log call; a restarted app counts on. */
export const next = () => ++number;

/**
 * Writes the counts when the process ends, whatever ends it: the transport has moved its memory to the disk by then.
 * @param {() => Stats} stats
 */
export function reportAtExit(stats) {
  // Synchronous, for nothing else is written any more.
  process.on('exit', () => writeSync(1, `${JSON.stringify({ logged: number - logged, stats: stats() })}\n`));
}

/**
 * Lives on, as a service would, until the dead letters of the earlier run have left.
 * @param {() => Stats} stats
 */
export async function untilReplayed(stats) {
  for (let waited = 0; stats().replayed < deadLetters && waited < 10_000; waited += 20) await sleep(20);
}
