import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import { callingFile } from '../calling-file.ts';
import { type ExitHooks, addExitHooks, removeExitHooks } from '../exit-hooks.ts';
import { LINK, type WorkerLink } from './protocol.ts';

/** thread-stream's stream; its own types leave out half of what it has. */
export interface ThreadStream extends EventEmitter {
  readonly worker: Worker;
  readonly writable: boolean;
  readonly destroyed: boolean;
  readonly closed: boolean;
  /** What ended it. */
  readonly writableErrored: Error | null;
  write(data: string | Buffer): boolean;
  flushSync(): void;
  end(): void;
  unref(): void;
}

type ThreadStreamClass = new (options: {
  filename: string;
  workerData: object;
  workerOpts: { name: string };
}) => ThreadStream;

/** The thread this runs on, in the words of an entry. */
export function ownThreadId(): string {
  return isMainThread ? 'main' : `worker-${threadId}`;
}

/**
 * Starts `filename` as a worker of thread-stream, which calls its default export with `data`. The worker holds the
 * process until it is ready, so that none ends before it has read what was logged.
 *
 * @throws whatever keeps a worker from being made: no thread-stream, a permission, data that cannot cross.
 */
export function startThread(filename: string, link: WorkerLink, data: object): ThreadStream {
  const Stream = createRequire(callingFile())('thread-stream') as ThreadStreamClass;
  const stream = new Stream({
    filename,
    workerData: { ...data, [LINK]: link },
    workerOpts: { name: '@tracehub' },
  });
  stream.once('ready', () => stream.unref());
  return stream;
}

/**
 * The file of a module, found from `file` or a folder above it: a build in a folder with a package.json of its own
 * does not know its package's name.
 *
 * @throws MODULE_NOT_FOUND, as in a bundle.
 */
export function resolveFrom(file: string, specifier: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  let fault: unknown;
  for (let from = path; from !== dirname(from); from = dirname(from)) {
    try {
      return createRequire(from).resolve(specifier);
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault;
}

/**
 * Has the end of the process wait until the worker has taken all there is and has closed, at most for ten seconds
 * (thread-stream's limit).
 */
export function endAtExit(stream: ThreadStream): void {
  const hooks: ExitHooks = {
    drain() {},
    spill() {
      if (!stream.writable) return;
      try {
        stream.flushSync();
        stream.end();
      } catch {
        // A worker that has died in this moment: nobody is left to tell.
      }
    },
  };
  addExitHooks(hooks);
  stream.once('close', () => removeExitHooks(hooks));
}
