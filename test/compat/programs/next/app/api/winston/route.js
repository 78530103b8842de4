import { TraceHubTransport, withFlush } from '@tracehub/winston';
import winston from 'winston';

const transport = new TraceHubTransport({ service: 'shop', environment: 'next' });
const logger = winston.createLogger({ transports: [transport] });

// winston is no external package: Next bundles it, and the transport with it.
export const GET = withFlush(async () => {
  logger.info('by winston');
  return Response.json({ ok: true });
}, transport);
