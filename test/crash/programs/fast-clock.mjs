/** How many times faster: a minute passes in 120 ms. */
const FACTOR = 500;
/** What holds the loop waits for a real disk and a real server: ten times slower than the rest. */
const HOLD_FACTOR = 50;

/** The clock port, running fast: what takes a minute is tested without waiting for one. */
export function fastClock() {
  let isStopped = false;
  const unlessStopped = (task) => () => {
    if (!isStopped) task();
  };
  return {
    wall: () => Date.now(),
    now: () => performance.now() * FACTOR,
    schedule(ms, task) {
      const timer = setTimeout(unlessStopped(task), Math.min(ms / FACTOR, 2 ** 31 - 1)).unref();
      return { cancel: () => clearTimeout(timer) };
    },
    /** As in a process that has ended. */
    stop: () => void (isStopped = true),
    hold(ms, task) {
      const timer = setTimeout(() => task(), ms / HOLD_FACTOR);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
