import { traceHubStream } from '@tracehub/pino';
import pino from 'pino';

const logger = pino(
  traceHubStream({
    apiKey: process.env.TRACEHUB_API_KEY,
    endpoint: process.env.TRACEHUB_ENDPOINT,
    service: 'shop',
    environment: 'production',
  }),
);

logger.info({ order: 17 }, 'order placed');
logger.error(new Error('out of stock'), 'order failed');
