import { constants } from 'node:os';

type Close = () => Promise<unknown>;

interface Registry {
  closes: Map<NodeJS.Signals, Set<Close>>;
  onSignal: (signal: NodeJS.Signals) => void;
}

// One listener per signal for all senders and all copies of this package: the signal may act only when all of them
// have closed.
const KEY = Symbol.for('tracehub.signals');
const shared = globalThis as { [KEY]?: Registry };

function registry(): Registry {
  return (shared[KEY] ??= createRegistry());
}

function createRegistry(): Registry {
  const closes = new Map<NodeJS.Signals, Set<Close>>();
  const onSignal = (signal: NodeJS.Signals): void => {
    const all = [...(closes.get(signal) ?? [])];
    // From here on a second signal acts at once, whichever it is.
    for (const [name] of closes) process.off(name, onSignal);
    closes.clear();
    void Promise.allSettled(all.map((close) => close())).then(() => {
      if (process.listenerCount(signal) === 0) raise(signal);
    });
  };
  return { closes, onSignal };
}

/** Lets the signal do what it does to a process without a listener. */
function raise(signal: NodeJS.Signals): void {
  // To the first process of a container the kernel hands no signal it has no listener for: it would live on.
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}

/**
 * On the first of `signals` runs `close`, then lets the signal do what it would have done: with no other listener
 * it is raised again with the system's own effect, so that the exit status stays the signal's. A second signal acts
 * at once. Returns the function that takes this `close` off again.
 */
export function closeOnSignals(signals: readonly NodeJS.Signals[], close: Close): () => void {
  const { closes, onSignal } = registry();
  for (const signal of signals) {
    const all = closes.get(signal) ?? new Set<Close>();
    if (all.size === 0) process.on(signal, onSignal);
    closes.set(signal, all.add(close));
  }
  return () => {
    for (const signal of signals) {
      const all = closes.get(signal);
      if (!all?.delete(close) || all.size > 0) continue;
      closes.delete(signal);
      process.off(signal, onSignal);
    }
  };
}
