// Logs numbered entries at `rate` a second until it is told to end; then waits until everything is delivered, and
// closes. Says its counts once a second.
import { setTimeout as sleep } from 'node:timers/promises';
import { numberedRecord } from '../../crash/programs/numbered.mjs';
import { logAtRate } from '../../load/programs/log-at-rate.mjs';
import { openLogger } from '../../load/programs/open-logger.mjs';

/** A sender looks for dead letters when the gate opens, else once a minute. */
const SETTLE_MS = 75_000;
const REST_MS = 3_000;

const { name, rate, options } = JSON.parse(process.argv[2]);
const { logger, adapter } = await openLogger(name, options);
let isTold = false;
process.stdin.once('data', () => {
  isTold = true;
  process.stdin.destroy();
});
setInterval(() => console.log(`stats ${JSON.stringify(adapter.stats())}`), 1_000).unref();

const logged = await logAtRate(
  rate,
  (n) => logger.info(numberedRecord(name, n).message),
  () => !isTold,
);
const deadline = performance.now() + SETTLE_MS;
const isSettled = ({ delivered, dropped }) => delivered + dropped >= logged;
while (!isSettled(adapter.stats()) && performance.now() < deadline) await sleep(100);
// What it holds with nothing to do: the last samples.
await sleep(REST_MS);
await adapter.close();
console.log(`end ${JSON.stringify({ logged, stats: adapter.stats() })}`);
