import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

const logger = winston.createLogger({
  transports: [
    new TraceHubTransport({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT,
      service: 'shop',
      environment: 'production',
      worker: true,
    }),
  ],
});

logger.info('order placed', { order: 17 });
logger.error('order failed', { error: new Error('out of stock') });
