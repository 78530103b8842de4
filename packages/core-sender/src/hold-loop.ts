import type { Clock } from './clock.ts';

/** Whether `work` was done within `ms`; keeps the process alive meanwhile: all other handles let it end. */
export async function holdLoop(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let wake: (isDone: false) => void = () => {};
  const timeUp = new Promise<false>((resolve) => (wake = resolve));
  const timer = clock.hold(ms, () => wake(false));
  const isDone = await Promise.race([work.then(() => true), timeUp]);
  timer.cancel();
  return isDone;
}
