import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `log` with 0, 1, 2 … `rate` times a second as long as `goesOn(logged)`, and at most `count` times; gives how
 * many calls that were.
 */
export async function logAtRate(rate, log, goesOn, count = Infinity) {
  const start = performance.now();
  let logged = 0;
  while (logged < count && goesOn(logged)) {
    // What a stall of this machine held up is not made up for in one burst: a burst is another test.
    const onTime = Math.floor(((performance.now() - start) * rate) / 1000);
    const due = Math.min(count, onTime, logged + rate / 20);
    for (; logged < due; logged++) log(logged);
    await sleep(5);
  }
  return logged;
}
