// Logs `count` numbered entries at `rate` a second, closes, and reports what it cost the app.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { logAtRate } from './log-at-rate.mjs';
import { openLogger } from './open-logger.mjs';

const [name, count, rate] = process.argv.slice(2);
const { logger, adapter } = await openLogger(name, JSON.parse(process.env.TRACEHUB_TEST_OPTIONS));
await sleep(200);
const rssBefore = process.memoryUsage.rss();
let rssMost = rssBefore;
let thrown = 0;
let slowestCall = 0;
function lookAtMemory() {
  rssMost = Math.max(rssMost, process.memoryUsage.rss());
}
setInterval(lookAtMemory, 5).unref();
function log(n) {
  const before = performance.now();
  try {
    logger.info(`entry ${n}`);
  } catch {
    thrown++;
  }
  slowestCall = Math.max(slowestCall, performance.now() - before);
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const start = performance.now();
await logAtRate(Number(rate), log, () => true, Number(count));
const loggingMs = performance.now() - start;
delay.disable();
await adapter.close();
lookAtMemory();
const report = {
  thrown,
  loggingMs,
  slowestCallMs: slowestCall,
  loopDelayMaxMs: delay.max / 1e6,
  rssGrowthMiB: (rssMost - rssBefore) / 2 ** 20,
  stats: adapter.stats(),
};
console.log(`report ${JSON.stringify(report)}`);
