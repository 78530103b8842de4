/** Calls `done` when `work` has settled; what `done` throws is the app's uncaught exception, not a rejection. */
export async function callAfter(work: Promise<unknown>, done: () => void): Promise<void> {
  await work.catch(() => {});
  process.nextTick(done);
}
