// Logs numbered entries at `rate` a second: first until it has warmed up and says so, then `count` more. Gives the
// sender a while to read what is between the threads, closes, and says what it took of memory and the event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { logAtRate } from './log-at-rate.mjs';
import { openLogger } from './open-logger.mjs';

/** Compiled code and V8's young generation grow with the rate, not with what the sender holds. */
const WARM_UP_SECONDS = 3;
/** How long the worker may take to read the last lines. */
const READ_MS = 5_000;
/** Makes an entry of about 1 KiB. */
const FILLER = 'x'.repeat(700);

const { name, count, rate, options } = JSON.parse(process.argv[2]);
const { logger, adapter } = await openLogger(name, options);
let rssMost = 0;
/** Of this thread: what pino's worker has not read lies here. */
let heapMost = 0;
function lookAtMemory() {
  const { rss, heapUsed, external } = process.memoryUsage();
  rssMost = Math.max(rssMost, rss);
  heapMost = Math.max(heapMost, heapUsed + external);
}
setInterval(lookAtMemory, 20).unref();
const log = (n) => logger.info(`entry ${n} ${FILLER}`);

const warmed = await logAtRate(rate, log, (logged) => logged < WARM_UP_SECONDS * rate);
// Else a worker that was slow to start would warm up in the overload.
await adapter.flush();
const rssWarm = rssMost;
console.log('warm');
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const start = performance.now();
const overloaded = await logAtRate(
  rate,
  (n) => log(warmed + n),
  (logged) => logged < count,
);
const loggingMs = performance.now() - start;
delay.disable();

const logged = warmed + overloaded;
const deadline = performance.now() + READ_MS;
while (adapter.stats().accepted < logged && performance.now() < deadline) await sleep(20);
const beforeClose = adapter.stats();
await adapter.close();
lookAtMemory();
const report = {
  logged,
  loggingMs,
  loopDelayP99Ms: delay.percentile(99) / 1e6,
  rssWarmMiB: rssWarm / 2 ** 20,
  rssGrowthMiB: (rssMost - rssWarm) / 2 ** 20,
  appHeapMiB: heapMost / 2 ** 20,
  beforeClose,
  stats: adapter.stats(),
};
console.log(`report ${JSON.stringify(report)}`);
