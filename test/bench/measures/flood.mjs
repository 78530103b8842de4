import { peakRssMiB } from '../meter.mjs';
import { logAtRate } from './log-at-rate.mjs';
import { warmUp } from './warm-up.mjs';

/** `count` records at `rate` a second that nobody takes: what they cost in memory. */
export default async function flood({ job, open, report }) {
  const { count, rate } = job;
  const { log } = await open();
  await warmUp({ log }, job);
  const before = process.memoryUsage.rss() / 2 ** 20;
  await logAtRate(log, count, rate);
  report({ rssGrowthMiB: peakRssMiB() - before, isMeasured: true });
}
