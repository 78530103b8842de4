import { setTimeout as sleep } from 'node:timers/promises';

/** Kinds that a test must give back. Others, such as file requests, come and go with the test runner's own work. */
const KINDS = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TCPConnectWrap',
  'TLSWrap',
  'PipeWrap',
  'PipeServerWrap',
  'PipeConnectWrap',
  'ProcessWrap',
  'MessagePort',
  'Worker',
  'FSEventWrap',
  'StatWatcher',
  'Timeout',
]);

/** Resources that keep the process alive, counted by kind. */
export function heldResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (KINDS.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Closing a socket takes a few turns of the loop, ending a worker or a child process a little longer. */
const SETTLE_MS = 2_000;

/** What is held now and was not at `before`, after a short wait for what is being closed. */
export async function leakedSince(before: ReadonlyMap<string, number>): Promise<string[]> {
  const deadline = performance.now() + SETTLE_MS;
  for (let wait = 0; ; wait = Math.min(wait * 2 + 1, 50)) {
    await new Promise(setImmediate);
    const leaked: string[] = [];
    for (const [kind, count] of heldResources()) {
      const more = count - (before.get(kind) ?? 0);
      if (more > 0) leaked.push(`${kind} × ${more}`);
    }
    if (leaked.length === 0 || performance.now() > deadline) return leaked;
    await sleep(wait);
  }
}
