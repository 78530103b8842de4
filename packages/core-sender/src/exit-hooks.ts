/** What a sender wants to do at the end of the process. */
export interface ExitHooks {
  /** The loop is empty: work may still be done; resolves when it is. */
  drain(): void;
  /** The process ends now: synchronous work only. */
  spill(): void;
}

interface Registry {
  hooks: Set<ExitHooks>;
  onBeforeExit: () => void;
  onExit: () => void;
}

// One pair of process listeners for all senders and all copies of this package: no listener warnings, no leak.
const KEY = Symbol.for('tracehub.exit-hooks');
const shared = globalThis as { [KEY]?: Registry };

function registry(): Registry {
  return (shared[KEY] ??= createRegistry());
}

function createRegistry(): Registry {
  const hooks = new Set<ExitHooks>();
  return {
    hooks,
    onBeforeExit: () => hooks.forEach((hook) => hook.drain()),
    onExit: () => hooks.forEach((hook) => hook.spill()),
  };
}

/** Registers for natural end, `process.exit` and uncaught errors; a bare signal runs no handler at all. */
export function addExitHooks(hooks: ExitHooks): void {
  const { hooks: all, onBeforeExit, onExit } = registry();
  if (all.size === 0) {
    process.on('beforeExit', onBeforeExit);
    process.on('exit', onExit);
  }
  all.add(hooks);
}

export function removeExitHooks(hooks: ExitHooks): void {
  const { hooks: all, onBeforeExit, onExit } = registry();
  if (!all.delete(hooks) || all.size > 0) return;
  process.off('beforeExit', onBeforeExit);
  process.off('exit', onExit);
}
