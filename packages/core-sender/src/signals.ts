/**
 * On the first of `signals` runs `close`, then lets the signal do what it would have done: with no other listener
 * it is raised again with the system's own effect, so that the exit status stays the signal's. A second signal acts
 * at once. Returns the function that takes the listeners off.
 */
export function closeOnSignals(
  signals: readonly NodeJS.Signals[],
  close: () => Promise<unknown>,
): () => void {
  const remove = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    remove();
    const raise = (): void => {
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    close().then(raise, raise);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return remove;
}
