import { createServer } from 'node:http';
import { traceHubStream } from '@tracehub/bunyan';
import { traceHeaders } from '@tracehub/core-sender/trace';
import { withTraceHub } from '@tracehub/middleware/http';
import bunyan from 'bunyan';

const logger = bunyan.createLogger({
  name: 'shop',
  streams: [
    traceHubStream({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
      service: 'shop',
      environment: 'production',
      closeOnSignal: ['SIGTERM', 'SIGINT'],
    }),
  ],
});
const options = {
  ignore: '/health',
  log: ({ level, message, fields, error }) => logger[level]({ ...fields, err: error }, message),
};

// Two services: the orders ask the stock, and the trace id goes with the question.
const stock = createServer(
  withTraceHub((_request, response) => {
    logger.info('stock read');
    response.end('5');
  }, options),
).listen(0, '127.0.0.1');

const readOrder = withTraceHub(async (request, response) => {
  const url = `http://127.0.0.1:${stock.address().port}/stock`;
  const answer = await fetch(url, { headers: { ...traceHeaders(), accept: 'text/plain' } });
  logger.info({ order: request.url, stock: await answer.text() }, 'order read');
  response.end('ok');
}, options);
const orders = createServer((request, response) => {
  readOrder(request, response).catch(() => response.writeHead(500).end());
}).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${orders.address().port}`);
});
