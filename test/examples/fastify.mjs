import { setTimeout as sleep } from 'node:timers/promises';
import { traceHub } from '@tracehub/middleware/fastify';
import { traceHubTransport, traceMixin } from '@tracehub/pino';
import fastify, { LogController } from 'fastify';
import pino from 'pino';

const transport = traceHubTransport({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: 'production',
  closeOnSignal: ['SIGTERM', 'SIGINT'],
});
const logger = pino({ mixin: traceMixin }, transport);

const app = fastify({
  loggerInstance: logger,
  // Fastify's own lines would say the same again.
  logController: new LogController({ disableRequestLogging: true }),
});
app.register(traceHub, {
  ignore: '/health',
  log: ({ level, message, fields, error }) => logger[level]({ ...fields, err: error }, message),
});
app.get('/health', async () => 'ok');
app.get('/orders/:id', async (request) => {
  const { id } = request.params;
  await sleep(10);
  if (id === '13') throw new Error('out of stock');
  request.log.info({ order: id }, 'order read');
  return { id };
});

console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' })}`);
