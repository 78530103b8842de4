import { TraceHubTransport, withFlush } from '@tracehub/winston';
import winston from 'winston';

const transport = new TraceHubTransport({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: 'production',
  // The one directory a function may write to.
  dlqPath: '/tmp/tracehub',
});
const logger = winston.createLogger({ transports: [transport] });

export const handler = withFlush(async (event) => {
  logger.info('order placed', { order: event.order });
  return { statusCode: 200 };
}, transport);
