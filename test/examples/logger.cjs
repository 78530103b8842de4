const { TraceHubLogger } = require('@tracehub/logger');

const logger = new TraceHubLogger({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: 'production',
});

logger.info('order placed', { extra: { order: 17 } });
logger.error('order failed', { exception: new Error('out of stock') });
