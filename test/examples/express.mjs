import { setTimeout as sleep } from 'node:timers/promises';
import { traceHub, traceHubErrors } from '@tracehub/middleware/express';
import { TraceHubTransport } from '@tracehub/winston';
import express from 'express';
import winston from 'winston';

const logger = winston.createLogger({
  transports: [
    new TraceHubTransport({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
      service: 'shop',
      environment: 'production',
      closeOnSignal: ['SIGTERM', 'SIGINT'],
    }),
  ],
});

const app = express();
app.use(
  traceHub({
    ignore: '/health',
    log: ({ level, message, fields, error }) => logger.log(level, message, { ...fields, error }),
  }),
);
app.get('/health', (_request, response) => response.end('ok'));
app.get('/orders/:id', async (request, response) => {
  const { id } = request.params;
  await sleep(10);
  if (id === '13') throw new Error('out of stock');
  logger.info('order read', { order: id });
  response.json({ id });
});
app.use(traceHubErrors());

const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
