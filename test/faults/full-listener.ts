import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterTest } from '../kit/after-test.ts';

/** A port on which no connection is accepted; `stop` gives it up. It ends with the test. */
export interface FullListener {
  port: number;
  stop: () => Promise<void>;
}

/** Starts a process with a port whose queue of connections is full: the kernel answers no more of them. */
export async function startFullListener(): Promise<FullListener> {
  const program = `require('node:net').createServer().listen(0, '127.0.0.1', 1, function () {
    require('node:fs').writeSync(1, String(this.address().port) + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(data.toString());
  const fillers = Array.from({ length: 4 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
  await sleep(50);
  const stop = async (): Promise<void> => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
    await ended;
  };
  afterTest(stop);
  return { port, stop };
}
