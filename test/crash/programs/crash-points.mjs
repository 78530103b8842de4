import { hookFileSystem } from './fs-hook.mjs';

const isOpen = (path) => path.endsWith('.open');
const isSealed = (path) => path.endsWith('.seg');
const isClaimed = (path) => /\.seg\.[0-9a-f]+$/.test(path);
const isLease = (path) => path.endsWith('.lease');

/** The places in the life of a segment at which a process may be killed. */
const POINTS = {
  'lease-write': (call) => call.name === 'writeFile' && isLease(call.path),
  'lease-remove': (call) => call.name === 'rm' && isLease(call.path),
  'segment-create': (call) => call.name === 'open' && isOpen(call.path),
  'segment-write': (call) => call.name === 'write' && isOpen(call.path) && !isMark(call),
  'segment-truncate': (call) => call.name === 'ftruncate' && isOpen(call.path),
  'segment-fsync': (call) => call.name === 'fsync' && isOpen(call.path),
  'seal-rename': (call) => call.name === 'rename' && isOpen(call.path) && isSealed(call.to),
  'claim-rename': (call) => call.name === 'rename' && isSealed(call.path) && isClaimed(call.to),
  'claim-read': (call) => call.name === 'readFile' && isClaimed(call.path),
  'claim-progress': (call) => call.name === 'appendFile' && isClaimed(call.path),
  'claim-release': (call) => call.name === 'rename' && isClaimed(call.path) && isSealed(call.to),
  'claim-unlink': (call) => call.name === 'unlink' && isClaimed(call.path),
  'durable-mark': (call) => (call.name === 'write' || call.name === 'appendFile') && isMark(call),
  'durable-unlink': (call) => call.name === 'unlink' && isOpen(call.path),
};

function isMark(call) {
  return String(call.data).startsWith('=');
}

/**
 * Kills this process the `nth` time it comes to `point`: before the call, after it, or (`torn`) with half of the
 * bytes written. `fail` makes the write before it fail, for the points that only a fault leads to.
 */
export function crashAt(directory, { point, phase, nth, fail }) {
  const isPoint = POINTS[point];
  let left = nth;
  let writes = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  hookFileSystem(directory, (call) => {
    if (isPoint(call) && --left === 0) {
      if (phase === 'before') die();
      return phase === 'torn' ? { short: true, after: die } : { after: die };
    }
    if (fail && POINTS['segment-write'](call) && ++writes % 2 === 0) return { error: 'ENOSPC', stump: true };
    return undefined;
  });
}
