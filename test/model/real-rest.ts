import type { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';

/** Turns of the loop without a file-system call under way after which nothing more is to come. */
const QUIET_TURNS = 4;

/** What Node calls them. */
const FILE_CALLS = /^(FSReq|CloseReq)/;

/** Waits until promises, immediates and real file-system calls have come to rest: the disk has no simulated clock. */
async function realRest(): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (process.getActiveResourcesInfo().some((kind) => FILE_CALLS.test(kind))) quiet = -1;
  }
}

/** Moves the clock on by `ms`, or until `isDone`; the disk comes to rest before each next timer. Gives the ms. */
export async function advance(clock: FakeClock, ms: number, isDone = (): boolean => false): Promise<number> {
  const start = clock.now();
  const end = start + ms;
  await realRest();
  for (let next = clock.untilNext; next !== undefined && !isDone(); next = clock.untilNext) {
    if (clock.now() + next > end) break;
    await clock.advance(next);
    await realRest();
  }
  if (!isDone()) await clock.advance(end - clock.now());
  return clock.now() - start;
}
