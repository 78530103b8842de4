import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCpuMeter } from '../meter.mjs';
import { logAtRate } from './log-at-rate.mjs';
import { warmUp } from './warm-up.mjs';

const LAST_REST_MS = 300;

/** `count` records at `rate` a second: half for what the app's own thread pays, half for how long others waited for it. */
export default async function paced({ job, open, report, told }) {
  const { count, rate } = job;
  const { log } = await open();
  await warmUp({ log }, job);
  // A transport that makes the call cheap pays later on the same thread, winston-loki after five seconds: for these
  // records before the measure, and for those of the measure within it.
  report({ isWarm: true });
  await told();
  const half = count / 2;
  const cpu = startCpuMeter();
  const busyMs = await logAtRate(log, half, rate);
  report({ isHalfLogged: true });
  await told();
  const { mainUs, cpuUs } = cpu();
  // Not before: its timer, a thousand times a second, costs the thread as much as the log calls.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await logAtRate((n) => log(half + n), half, rate);
  await sleep(LAST_REST_MS);
  delay.disable();
  report({
    callNs: (busyMs * 1e6) / half,
    mainUs: mainUs / half,
    cpuUs: cpuUs / half,
    delayP99Ms: delay.percentile(99) / 1e6,
    delayMaxMs: delay.max / 1e6,
    isMeasured: true,
  });
}
