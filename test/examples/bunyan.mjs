import { traceHubStream } from '@tracehub/bunyan';
import bunyan from 'bunyan';

const logger = bunyan.createLogger({
  name: 'orders',
  streams: [
    traceHubStream({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
      service: 'shop',
      environment: 'production',
    }),
  ],
});

logger.info({ order: 17 }, 'order placed');
logger.error(new Error('out of stock'), 'order failed');
