import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

const REST_MS = 400;

/** Lets V8 compile what logs and ships, and the worker start; the server does not count these records. */
export async function warmUp({ log }, { warmUp: records = 5_000 }) {
  for (let n = 1; n <= records; n++) {
    log(-n);
    if (n % 500 === 0) await turn();
  }
  await sleep(REST_MS);
}
