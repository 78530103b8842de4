// The shop: logs through pino's worker thread and ends by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import { traceHubTransport, traceMixin } from '@tracehub/pino';
import pino from 'pino';
import { next, options, reportAtExit } from './app.mjs';
import { orders } from './orders.mjs';

const transport = traceHubTransport({ ...options, service: 'shop' });
const logger = pino({ level: 'trace', mixin: traceMixin }, transport);
reportAtExit(() => transport.stats());

const checkout = logger.child({ module: 'checkout' });

/** @param {import('./orders.mjs').Order} order */
async function placeOrder(order) {
  const log = checkout.child({ order: order.number, customer: order.customer });
  log.trace({ n: next() }, 'session found');
  log.debug({ n: next(), items: order.items }, 'cart loaded');
  log.info({ n: next(), extra: { cents: order.cents, currency: 'EUR' } }, 'order placed');
  if (order.cents > 8000)
    log.warn({ n: next(), cents: order.cents }, 'large order, asking for a second factor');
  try {
    charge(order);
    log.info({ n: next() }, 'paid');
  } catch (err) {
    log.error({ n: next(), err }, 'payment failed');
  }
  await sleep(2);
  log.debug({ n: next() }, 'page sent');
}

class PaymentError extends Error {
  name = 'PaymentError';
}

/** @param {import('./orders.mjs').Order} order */
function charge(order) {
  try {
    askBank(order);
  } catch (cause) {
    throw new PaymentError(`order ${order.number} could not be paid`, { cause });
  }
}

/** @param {import('./orders.mjs').Order} order */
function askBank(order) {
  if (order.number % 12 === 0) throw new Error('the bank answered 402 Payment Required');
}

logger.info({ n: next(), node: process.version }, 'shop open');
for (const order of orders(240)) await runWithTraceId(order.traceId, () => placeOrder(order));
logger.fatal({ n: next() }, 'till is full, closing early');

// A natural end delivers by itself; the demo only wants to see final counts in the app's report.
await transport.flush();
