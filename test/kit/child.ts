import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterTest } from './after-test.ts';

/** How a child program came to its end. */
export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** From start to end, in ms. */
  ms: number;
}

export interface ChildOptions {
  args?: readonly string[];
  /** On top of a loopback endpoint and the test's dead-letter directory; nothing else of this process's environment. */
  env?: Record<string, string>;
  /** After this many ms the program is killed and the run rejects. Default 20,000. */
  limit?: number;
  /** Flags for Node itself. */
  nodeArgs?: readonly string[];
  /** The runtime that runs it. Default: the Node of this process. */
  runtime?: string;
  /** The directory it runs in. Default: this process's. */
  cwd?: string;
}

/** A program under way. */
export interface Child {
  readonly pid: number | undefined;
  /** Resolves with the rest of the first line of stdout that starts with `word`. */
  line(word: string): Promise<string>;
  /** Resolves with all whole lines of stdout so far, once there are at least `count`. */
  lines(count: number): Promise<string[]>;
  /** Writes a line to its stdin. */
  tell(text: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ChildEnd>;
}

/** Starts a fixture program as a process of its own. */
export function startProgram(file: string, options: ChildOptions = {}): Child {
  const { args = [], env = {}, limit = 20_000, nodeArgs = [], runtime = process.execPath, cwd } = options;
  const start = performance.now();
  const child = spawn(runtime, [...nodeArgs, file, ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      TRACEHUB_ENDPOINT: 'http://127.0.0.1:9',
      TRACEHUB_DLQ_PATH: process.env['TRACEHUB_DLQ_PATH'],
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that ends without reading its stdin is not at fault.
  child.stdin.on('error', () => {});
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, limit);
  const ended = once(child, 'close').then(([code, signal]): ChildEnd => {
    clearTimeout(timer);
    if (isLate) throw new Error(`${file} was not over after ${limit} ms\n${stdout}\n${stderr}`);
    return {
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout,
      stderr,
      ms: performance.now() - start,
    };
  });
  ended.catch(() => {});
  afterTest(async () => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  });

  return {
    pid: child.pid,
    ended,
    tell: (text) => void child.stdin.write(`${text}\n`),
    kill: (signal) => void child.kill(signal),
    async line(word) {
      const lines = await whenLines(
        (all) => all.some((line) => line.startsWith(word)),
        `without the line "${word}"`,
      );
      return (lines.find((line) => line.startsWith(word)) ?? '').slice(word.length).trim();
    },
    lines: (count) => whenLines((all) => all.length >= count, `before it printed ${count} lines`),
  };

  /** The whole lines of stdout, once they are as `areThere` asks. */
  async function whenLines(areThere: (lines: string[]) => boolean, missing: string): Promise<string[]> {
    for (;;) {
      const lines = stdout.split('\n').slice(0, -1);
      if (areThere(lines)) return lines;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`${file} ended ${missing}\n${stdout}\n${stderr}`);
      }
      await Promise.race([once(child.stdout, 'data'), ended.catch(() => {})]);
    }
  }
}

/** Runs a fixture program to its end. */
export function runProgram(file: string, options: ChildOptions = {}): Promise<ChildEnd> {
  const child = startProgram(file, options);
  return child.ended;
}
