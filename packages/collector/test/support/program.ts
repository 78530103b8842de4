import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', '..', 'dist', 'esm', 'cli.js');
const children = new Set<ChildProcess>();

/** A started `tracehub-collector`. */
export interface Run {
  child: ChildProcess;
  output: () => string;
  ended: Promise<{ code: number | null; signal: string | null }>;
}

/** Starts the built program; `endAll` ends what still runs. */
export function run(args: string[], environment: Record<string, string> = {}): Run {
  // Only what a program needs: settings of the machine the tests run on must not leak in.
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  children.add(child);
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number,
    signal: signal as string,
  }));
  return { child, output: () => text, ended };
}

/** Resolves with the address once the program has printed it. */
export async function listening(started: Run): Promise<string> {
  for (;;) {
    const url = /listening on (http:\S+)/.exec(started.output())?.[1];
    if (url !== undefined) return url;
    await Promise.race([once(started.child.stdout as NodeJS.ReadableStream, 'data'), started.ended]);
    if (started.child.exitCode !== null) throw new Error(started.output());
  }
}

/** A connection in the middle of posting `[]`. */
export async function halfPosted(url: string, key: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /api/v1/ingest HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`,
  );
  await once(socket, 'data');
  return socket;
}

/** Ends every program a test left running. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}
