// Preloaded into every thread of an app: says once a second what the thread holds after a full collection.
import { readdirSync, readlinkSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Descriptors of the process, by what they lead to. */
function descriptors() {
  const targets = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // Closed since the directory was read; one such is the descriptor it was read through.
      return [];
    }
  });
  const sockets = targets.filter((target) => target.startsWith('socket:')).length;
  return { sockets, files: targets.length - sockets };
}

setInterval(() => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const sample = {
    thread: isMainThread ? 'app' : 'worker',
    seconds: performance.now() / 1000,
    // Buffers lie outside of the heap.
    heap: heapUsed + external,
    rss,
    resources: process.getActiveResourcesInfo().length,
    ...descriptors(),
  };
  console.log(`sample ${JSON.stringify(sample)}`);
}, 1_000).unref();
