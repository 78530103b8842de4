import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterTest } from '../../kit/after-test.ts';

const program = fileURLToPath(new URL('../../../packages/collector/dist/esm/cli.js', import.meta.url));
const hook = new URL('../programs/crash-hook.mjs', import.meta.url).href;

/** A life ends at one of the first so many times it comes to its point, at random. */
const within = 10;

/** A collector's process that is started again whenever it dies, as systemd and compose do. */
export interface Supervised {
  /** Lives that ended at a point given. */
  readonly kills: number;
  /** Everything it printed. */
  readonly output: string;
  /** Resolves with the address once it listens. */
  url(): Promise<string>;
  /** Ends this life without warning. */
  kill(): void;
  /** SIGTERM, and no life after it; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts `tracehub-collector` with these arguments and keeps it up until the test ends. Its first lives end at these
 * points, one life each (see `programs/crash-hook.mjs`).
 */
export function supervise(args: readonly string[], points: readonly string[] = []): Supervised {
  let kills = 0;
  let output = '';
  let isStopping = false;
  let child: ChildProcess;
  let ended: Promise<unknown>;

  function start(): void {
    const point = points[kills];
    const crash = `${point}:${1 + Math.floor(Math.random() * within)}`;
    child = spawn(process.execPath, ['--import', hook, program, ...args], {
      env: {
        PATH: process.env['PATH'],
        TRACEHUB_DEV_KEY: 'th_test_key',
        ...(point === undefined ? {} : { TRACEHUB_TEST_CRASH: crash }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    ended = once(child, 'close').then(([_code, signal]) => {
      if (signal === 'SIGKILL' && point !== undefined) kills += 1;
      if (!isStopping) start();
    });
  }

  start();
  async function stop(): Promise<number | null> {
    isStopping = true;
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(impatience);
    return child.exitCode;
  }
  afterTest(async () => void (await stop()));

  return {
    get kills() {
      return kills;
    },
    get output() {
      return output;
    },
    async url() {
      for (;;) {
        const found = /listening on (http:\S+)/.exec(output)?.[1];
        if (found !== undefined) return found;
        await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
        if (output.includes('tracehub-collector: ')) throw new Error(output);
      }
    },
    kill: () => void child.kill('SIGKILL'),
    stop,
  };
}
