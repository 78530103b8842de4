// The warehouse: logs in-process and dies of an error that nobody catches. Its next run delivers what was in memory.
import { setTimeout as sleep } from 'node:timers/promises';
import { traceHubStream } from '@tracehub/bunyan';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import bunyan from 'bunyan';
import { isRestart, next, options, reportAtExit, untilReplayed } from './app.mjs';
import { orders } from './orders.mjs';

const tracehub = traceHubStream({ ...options, service: 'warehouse' });
const logger = bunyan.createLogger({ name: 'warehouse', streams: [tracehub] });
const stats = () => tracehub.stream.stats();
reportAtExit(stats);

const picking = logger.child({ component: 'picking' });

/** @param {import('./orders.mjs').Order} order */
async function pick(order) {
  const log = picking.child({ order: order.number });
  log.trace({ n: next() }, 'walking to shelf');
  log.debug({ n: next(), extra: { shelf: order.number % 7, items: order.items } }, 'at shelf');
  try {
    take(order);
    log.info({ n: next(), items: order.items }, 'picked');
    if (order.items === 4) log.warn({ n: next() }, 'heavy parcel');
  } catch (err) {
    log.error({ n: next(), err }, 'not picked');
  }
  await sleep(2);
  log.trace({ n: next() }, 'back at the desk');
}

class OutOfStockError extends Error {
  name = 'OutOfStockError';
}

/** @param {import('./orders.mjs').Order} order */
function take(order) {
  if (order.number % 15 !== 0) return;
  const cause = new RangeError(`shelf ${order.number % 7} holds 0 items`);
  throw new OutOfStockError(`${order.items} items missing for order ${order.number}`, { cause });
}

if (isRestart) {
  logger.info({ n: next() }, 'warehouse open again');
  await untilReplayed(stats);
} else {
  logger.info({ n: next() }, 'warehouse open');
  for (const order of orders(200)) await runWithTraceId(order.traceId, () => pick(order));

  process.on('uncaughtExceptionMonitor', (err) => logger.fatal({ n: next(), err }, 'warehouse goes down'));
  setImmediate(() => {
    for (let box = 1; box <= 120; box++) logger.debug({ n: next(), box }, 'stocktaking');
    throw new Error('the forklift hit the server rack');
  });
}
