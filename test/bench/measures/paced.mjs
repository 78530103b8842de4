import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCpuMeter } from '../meter.mjs';
import { logAtRate } from './log-at-rate.mjs';
import { warmUp } from './warm-up.mjs';

/** A transport that makes the call cheap may pay a moment later, on the same thread. */
const REST_MS = 1_000;

/** `count` records at `rate` a second and a rest: what the app's own thread pays, and how long others waited for it. */
export default async function paced({ job, open, report }) {
  const { count, rate } = job;
  const { log } = await open();
  await warmUp({ log }, job);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = startCpuMeter();
  const busyMs = await logAtRate(log, count, rate);
  await sleep(REST_MS);
  const { mainUs, cpuUs } = cpu();
  delay.disable();
  report({
    callNs: (busyMs * 1e6) / count,
    mainUs: mainUs / count,
    cpuUs: cpuUs / count,
    delayP99Ms: delay.percentile(99) / 1e6,
    delayMaxMs: delay.max / 1e6,
    isMeasured: true,
  });
}
