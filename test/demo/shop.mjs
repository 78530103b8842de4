import { fileURLToPath } from 'node:url';
import { startChild } from './child.mjs';
import { makeOrder, traceIdOf } from './orders.mjs';

/**
 * What a service wrote to its own stdout: a line for each log call, and last its account of them.
 * @typedef {{ lines: Line[], stats: import('@tracehub/core-sender').Stats }} Run
 * @typedef {{ time: number, message: string }} Line
 */

/** The services of test/examples/shop: how each of them logs, and how the demo has it end. */
export const services = /** @type {const} */ ([
  { service: 'shop', logger: 'pino', status: 0, ending: 'finished on SIGTERM' },
  { service: 'mailer', logger: 'winston', status: 0, ending: 'called process.exit() right after a burst' },
  { service: 'warehouse', logger: 'bunyan', status: 1, ending: 'died of an uncaught error, as planned' },
]);

/** What Node prints when an error ends a process. The demo provokes one, and names it instead of showing it. */
const deathNotice = /^(?:file|node):.+:\d+\n[^]+?^Node\.js v.+\n/m;

/**
 * Starts one of the services.
 * @param {string} service
 * @param {{ env: Record<string, string>, signal: AbortSignal, status: number }} options with which status it is to end
 */
export function startService(service, { env, signal, status }) {
  const program = fileURLToPath(new URL(`../examples/shop/${service}.mjs`, import.meta.url));
  const child = startChild(program, { env, signal });

  return {
    url: child.listens(),
    kill: child.kill,

    /** What it wrote, once it is over. @returns {Promise<Run & { surprise: string }>} */
    async run() {
      const { code, stdout, stderr } = await child.ended;
      signal.throwIfAborted();
      if (code !== status) throw new Error(`the ${service} ended with status ${code}\n${stderr}`);
      return { ...toRun(stdout), surprise: status === 0 ? stderr : stderr.replace(deathNotice, '') };
    },
  };
}

/** @param {string} stdout @returns {Run} */
function toRun(stdout) {
  const objects = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const { stats } = objects.pop();
  return { lines: objects.map(toLine), stats };
}

/** A line of any of the three loggers, each of which has its own names. @param {any} line @returns {Line} */
function toLine({ time, timestamp, msg, message }) {
  return { time: new Date(time ?? timestamp).getTime(), message: msg ?? message };
}

/**
 * Sends orders to the shop, some at a time, as browsers do that give each a trace id.
 * @param {string} url
 * @param {number} count
 * @param {AbortSignal} signal
 */
export async function placeOrders(url, count, signal) {
  let number = 0;
  const buy = async () => {
    while (number < count) {
      const order = makeOrder(++number);
      const headers = { 'content-type': 'application/json', 'x-trace-id': traceIdOf(order.number) };
      const answer = await fetch(`${url}/orders`, {
        method: 'POST',
        headers,
        body: JSON.stringify(order),
        signal,
      });
      if (answer.status !== 201)
        throw new Error(`the shop answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, buy));
}
