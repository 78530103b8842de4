// The warehouse: an older service, which logs with bunyan. It picks orders, and has a mistake: a stocktaking meets a
// box without a shelf, and nobody catches the error. What was in memory then is on disk; the next start sends it.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { traceHubStream } from '@tracehub/bunyan';
import { withTraceHub } from '@tracehub/middleware/http';
import bunyan from 'bunyan';

const tracehub = traceHubStream({
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'warehouse',
  environment: process.env.TRACEHUB_ENVIRONMENT ?? 'production',
});
const logger = bunyan.createLogger({
  name: 'warehouse',
  streams: [{ level: 'trace', stream: process.stdout }, tracehub],
});
const picking = logger.child({ component: 'picking' });

/** Whether an order could be picked. */
async function pick(order) {
  const log = picking.child({ order: order.number });
  log.trace('walking to shelf');
  log.debug({ extra: { shelf: order.number % 7, items: order.items } }, 'at shelf');
  try {
    take(order);
    log.info({ items: order.items }, 'picked');
    if (order.items === 4) log.warn('heavy parcel');
    return true;
  } catch (err) {
    log.error({ err }, 'not picked');
    return false;
  } finally {
    await sleep(2);
    log.trace('back at the desk');
  }
}

class OutOfStockError extends Error {
  name = 'OutOfStockError';
}

/** Of every fifteenth order there is nothing left. */
function take(order) {
  if (order.number % 15 !== 0) return;
  const cause = new RangeError(`shelf ${order.number % 7} holds 0 items`);
  throw new OutOfStockError(`${order.items} items missing for order ${order.number}`, { cause });
}

function takeStock() {
  for (let box = 1; box <= 120; box++) logger.debug({ box }, `box ${box} counted`);
  const shelfOf = {};
  logger.info(`box 121 lies on shelf ${shelfOf[121].name}`);
}

const answer = withTraceHub(async (request, response) => {
  if (request.url === '/stocktaking') return response.on('finish', takeStock).writeHead(202).end();
  const isPicked = await pick(await json(request));
  return response.writeHead(isPicked ? 201 : 409).end();
});
const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(400).end());
}).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
  logger.info('warehouse open');
});

process.once('SIGTERM', () => server.close());
process.on('uncaughtExceptionMonitor', (err) => logger.fatal({ err }, 'warehouse goes down'));
// What was in memory has been delivered or is on disk by now, whatever ends the process.
process.on('exit', () => console.log(JSON.stringify({ stats: tracehub.stream.stats() })));
