import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('sink.mjs', import.meta.url));

/** @typedef {Awaited<ReturnType<typeof startSink>>} Sink */

/** Starts the server in a process of its own, which ends with this one. */
export async function startSink() {
  const child = fork(program);
  const [{ port }] = await once(child, 'message');
  let last = 0;
  const ask = (what, rest) =>
    new Promise((resolve) => {
      const id = ++last;
      const listen = (message) => {
        if (message.id !== id) return;
        child.off('message', listen);
        resolve(message.answer);
      };
      child.on('message', listen);
      child.send({ id, ask: what, ...rest });
    });
  return {
    url: `http://127.0.0.1:${port}`,
    /** Forgets everything, and answers in this way from now on. @param {'ok' | 'hang' | 'refuse'} mode */
    start: (mode) => ask('start', { mode }),
    /** @param {'ok' | 'hang' | 'refuse'} mode */
    turn: (mode) => ask('turn', { mode }),
    /** @returns {Promise<import('./sink.mjs').Seen>} */
    seen: () => ask('seen'),
    /** @param {number} records @returns {Promise<Uint8Array>} 1 at each record that has come */
    arrived: async (records) => Buffer.from(await ask('arrived', { records }), 'base64'),
    stop() {
      child.disconnect();
      return once(child, 'exit');
    },
  };
}
