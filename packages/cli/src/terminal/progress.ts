import { SingleBar } from 'cli-progress';

/** Shows how far something has come. */
export interface Progress {
  set(done: number): void;
  end(): void;
}

/** A bar on stderr where that is a terminal; nothing where it is not: a log file needs no bar. */
export function startProgress(what: string, total: number): Progress {
  const bar = new SingleBar({
    format: `${what} [{bar}] {percentage}% {value}/{total}, {eta_formatted} left`,
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Ctrl-C is the command's to handle.
    gracefulExit: false,
  });
  bar.start(total, 0);
  return { set: (done) => bar.update(Math.min(done, total)), end: () => bar.stop() };
}
