import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

export const WARM_UP = 5_000;
const REST_MS = 400;

/** Lets V8 compile what logs and ships, and the worker start; the server counts these records apart. */
export async function warmUp({ log }, { warmUp: records = WARM_UP }) {
  for (let n = 1; n <= records; n++) {
    log(-n);
    if (n % 500 === 0) await turn();
  }
  await sleep(REST_MS);
}
