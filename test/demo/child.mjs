import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * How a child process ended, and what it wrote.
 * @typedef {{ code: number | null, stdout: string, stderr: string }} End
 * @typedef {ReturnType<typeof startChild>} Child
 */

/**
 * Starts a Node program. `ended` resolves when it is over, whatever ended it; `signal` ends it early.
 * @param {string} file
 * @param {{ args?: string[], env?: Record<string, string>, signal: AbortSignal }} options
 */
export function startChild(file, { args = [], env = {}, signal }) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...neutralEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the demo alone, which ends its children in order.
    detached: true,
    signal,
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (written.stderr += text));
  /** @type {Promise<End>} */
  const ended = new Promise((resolve, reject) => {
    child.on('close', (code) => resolve({ code, ...written }));
    child.on('error', (error) => {
      if (error.name !== 'AbortError') reject(error);
    });
  });
  return {
    ended,

    /** The address it says it listens on. @returns {Promise<string>} */
    async listens() {
      for (;;) {
        const url = /listening on (\S+)\s/.exec(written.stdout)?.[1];
        if (url !== undefined) return url;
        const isOver = await Promise.race([once(child.stdout, 'data', { signal }), ended.then(() => true)]);
        if (isOver === true) throw new Error(`${file} did not start: ${written.stderr}`);
      }
    },

    /** @param {NodeJS.Signals} name */
    kill: (name) => void child.kill(name),
  };
}

/** This environment without what would send logs or reads elsewhere: settings of TraceHub and of proxies. */
function neutralEnvironment() {
  const isOurs = (/** @type {string} */ name) => /^(TRACEHUB|OTEL)_|_proxy$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}
