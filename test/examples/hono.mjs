import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { TraceHubLogger } from '@tracehub/logger';
import { traceHub } from '@tracehub/middleware/hono';
import { Hono } from 'hono';

const logger = new TraceHubLogger({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: 'production',
  closeOnSignal: ['SIGTERM', 'SIGINT'],
});

const app = new Hono();
app.use(
  traceHub({
    ignore: '/health',
    log: ({ level, message, fields, error }) => logger[level](message, { extra: fields, exception: error }),
  }),
);
app.get('/health', (context) => context.text('ok'));
app.get('/orders/:id', async (context) => {
  const id = context.req.param('id');
  await sleep(10);
  if (id === '13') throw new Error('out of stock');
  logger.info('order read', { extra: { order: id } });
  return context.json({ id });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 0), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
});
