import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

const logger = winston.createLogger({
  transports: [
    new TraceHubTransport({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
      service: 'shop',
      environment: 'production',
    }),
  ],
});

logger.info('order placed', { order: 17 });
logger.error('order failed', { error: new Error('out of stock') });
