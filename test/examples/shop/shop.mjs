// The shop: takes orders over HTTP, charges the customer, has the warehouse pick and the mailer write. It logs with
// pino. Whatever the three services log about an order has one trace id: that of the request, or a new one.
import { traceHeaders } from '@tracehub/core-sender/trace';
import { traceHub } from '@tracehub/middleware/fastify';
import { traceHubTransport, traceMixin } from '@tracehub/pino';
import fastify from 'fastify';
import pino from 'pino';

const { WAREHOUSE_URL, MAILER_URL } = process.env;

// The API key and the dead-letter directory come from the environment as well.
const tracehub = traceHubTransport({
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: process.env.TRACEHUB_ENVIRONMENT ?? 'production',
});
const streams = [{ stream: process.stdout }, { stream: tracehub }];
const logger = pino(
  { level: 'trace', mixin: traceMixin },
  pino.multistream(streams.map((stream) => ({ level: 'trace', ...stream }))),
);
const checkout = logger.child({ module: 'checkout' });

// The middleware says how each request ended; Fastify's own lines would say it again, without a trace id at first.
const app = fastify();
app.register(traceHub, {
  log: ({ level, message, fields, error }) => logger[level]({ ...fields, err: error }, message),
});

app.post('/orders', async (request, reply) => {
  const order = request.body;
  const log = checkout.child({ order: order.number, customer: order.customer });
  log.trace('session found');
  log.debug({ items: order.items }, 'cart loaded');
  log.info({ extra: { cents: order.cents, currency: 'EUR' } }, 'order placed');
  if (order.cents > 8000) log.warn({ cents: order.cents }, 'large order, asking for a second factor');
  try {
    charge(order);
    log.info('paid');
  } catch (err) {
    log.error({ err }, 'payment failed, sending an invoice instead');
  }
  const isPicked = (await tell(`${WAREHOUSE_URL}/picks`, order)) === 201;
  if (isPicked) log.info('on its way');
  else log.warn('out of stock, the customer has to wait');
  await tell(`${MAILER_URL}/mails`, { ...order, isPicked });
  log.debug('page sent');
  reply.code(201);
  return { order: order.number, isPicked };
});

/** Passes an order on to another service, and the trace id with it; gives the status of the answer. */
async function tell(url, order) {
  const headers = { ...traceHeaders(), 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) });
  await response.arrayBuffer();
  return response.status;
}

class PaymentError extends Error {
  name = 'PaymentError';
}

function charge(order) {
  try {
    askBank(order);
  } catch (cause) {
    throw new PaymentError(`order ${order.number} could not be paid`, { cause });
  }
}

/** A bank that refuses every twelfth customer. */
function askBank(order) {
  if (order.number % 12 === 0) throw new Error('the bank answered 402 Payment Required');
}

async function close() {
  await app.close();
  logger.info('shop closed');
  await tracehub.close();
  console.log(JSON.stringify({ stats: tracehub.stats() }));
}
process.once('SIGTERM', () => void close());

console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' })}`);
logger.info({ node: process.version }, 'shop open');
