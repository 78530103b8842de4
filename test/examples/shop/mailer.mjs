// The mailer: a worker that writes mails one after another and logs with winston. SIGTERM lets it finish; SIGINT calls
// process.exit() at once, as programs do that were never told about transports. What was in memory then is on disk.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { getTraceId, runWithTraceId } from '@tracehub/core-sender/trace';
import { withTraceHub } from '@tracehub/middleware/http';
import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

const tracehub = new TraceHubTransport({
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'mailer',
  environment: process.env.TRACEHUB_ENVIRONMENT ?? 'production',
});
const { combine, json: asJson, splat, timestamp } = winston.format;
const logger = winston.createLogger({
  level: 'silly',
  format: combine(splat(), timestamp(), asJson()),
  transports: [new winston.transports.Console(), tracehub],
});
const outbox = logger.child({ module: 'outbox' });

/** Mails that are to be written. A mail outlives the request that asked for it, so it has the trace id with it. */
const queue = [];

async function workOff() {
  while (queue.length > 0) {
    const { order, traceId } = queue[0];
    await runWithTraceId(traceId, () => sendMail(order));
    queue.shift();
  }
}

async function sendMail(order) {
  const log = outbox.child({ order: order.number });
  log.silly('looking for a template');
  log.debug('template found', { template: order.isPicked ? 'thanks' : 'sorry' });
  log.verbose('rendering');
  try {
    const mail = render(order);
    log.http('POST /send', { extra: { bytes: 900 + order.cents } });
    log.info('mail to %s sent', order.customer, { mail });
  } catch (error) {
    log.error('mail could not be written', { error });
  }
  await sleep(2);
  if (order.number % 30 === 0) log.error(`mailbox of customer ${order.number} is full`);
  if (order.number % 25 === 0) log.warn('relay is slow', { ms: 1200 + order.number });
}

/** Nobody has a coupon: the mistake that the error log is about. */
function render(order) {
  if (!order.isPicked) return { subject: `Sorry, here is your coupon: ${order.coupon.code}` };
  return { subject: `Order ${order.number}: ${order.items} items` };
}

function writeNewsletter() {
  for (let page = 1; page <= 250; page++) logger.info(`newsletter page ${page} written`);
}

const answer = withTraceHub(async (request, response) => {
  if (request.url === '/newsletter') writeNewsletter();
  else {
    const order = await json(request);
    queue.push({ order, traceId: getTraceId() });
    // Else it is at work already.
    if (queue.length === 1) void workOff();
  }
  response.writeHead(202).end();
});
const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(400).end());
}).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
  logger.info('mailer ready');
});

process.once('SIGTERM', () => server.close());
process.once('SIGINT', () => {
  logger.warn('asked to stop');
  process.exit(0);
});
process.on('exit', () => console.log(JSON.stringify({ stats: tracehub.stats() })));
