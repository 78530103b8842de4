// The mailer: logs in-process and calls process.exit() with entries still in memory. Its next run delivers them.
import { setTimeout as sleep } from 'node:timers/promises';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';
import { isRestart, next, options, reportAtExit, untilReplayed } from './app.mjs';
import { orders } from './orders.mjs';

const transport = new TraceHubTransport({ ...options, service: 'mailer' });
const logger = winston.createLogger({
  level: 'silly',
  format: winston.format.splat(),
  transports: [transport],
});
const stats = () => transport.stats();
reportAtExit(stats);

const outbox = logger.child({ module: 'outbox' });

/** @param {import('./orders.mjs').Order} order */
async function sendMail(order) {
  const log = outbox.child({ order: order.number });
  log.silly('looking for a template', { n: next() });
  log.debug('template found', { n: next(), template: 'order-placed' });
  log.verbose('rendering', { n: next() });
  log.http('POST /send', { n: next(), extra: { bytes: 900 + order.cents } });
  try {
    const mail = render(order);
    log.info('mail to %s sent', order.customer, { n: next(), mail });
  } catch (error) {
    log.error('mail could not be written', { n: next(), error });
  }
  await sleep(2);
  if (order.number % 30 === 0) log.error(`mailbox of customer ${order.number} is full`, { n: next() });
  if (order.number % 25 === 0) log.warn('relay is slow', { n: next(), ms: 1200 + order.number });
}

/** @param {import('./orders.mjs').Order & { coupon?: any }} order */
function render(order) {
  // Nobody has a coupon: the mistake that the error log is about.
  if (order.number % 20 === 0) return { subject: `Thank you, your coupon is ${order.coupon.code}` };
  return { subject: `Order ${order.number}: ${order.items} items` };
}

if (isRestart) {
  logger.info('mailer back', { n: next() });
  await untilReplayed(stats);
} else {
  logger.info('mailer ready', { n: next() });
  for (const order of orders(180)) await runWithTraceId(order.traceId, () => sendMail(order));

  for (let page = 1; page <= 250; page++) logger.info('newsletter page written', { n: next(), page });
  logger.warn('asked to stop', { n: next() });
  // No flush, no close: what a program does that was never told about transports.
  process.exit(0);
}
