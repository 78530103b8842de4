import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 10;

/**
 * Logs `count` records at `rate` a second, evenly, a few in each tick.
 * @returns {Promise<number>} ms spent in the log calls
 */
export async function logAtRate(log, count, rate) {
  const start = performance.now();
  let logged = 0;
  let busy = 0;
  while (logged < count) {
    const began = performance.now();
    const due = Math.min(count, Math.ceil(((began - start + TICK_MS) / 1_000) * rate));
    while (logged < due) log(logged++);
    busy += performance.now() - began;
    await sleep(TICK_MS);
  }
  return busy;
}
