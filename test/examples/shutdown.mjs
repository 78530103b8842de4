import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { traceHubTransport } from '@tracehub/pino';
import fastify from 'fastify';
import pino from 'pino';

const transport = traceHubTransport({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: 'production',
  durable: true,
});

const app = fastify({ loggerInstance: pino(transport) });
app.get('/orders/:id', async (request) => {
  await sleep(200);
  request.log.info({ order: request.params.id }, 'order read');
  return { id: request.params.id };
});

console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' })}`);

await once(process, 'SIGTERM');
// Takes no new requests and answers those under way. What they log is sent too: the logger is closed last.
await app.close();
app.log.info('stopped');
await transport.close();
