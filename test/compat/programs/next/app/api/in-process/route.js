import { traceHubStream, withFlush } from '@tracehub/pino';
import pino from 'pino';

const stream = traceHubStream({ service: 'shop', environment: 'next' });
const logger = pino(stream);

export const GET = withFlush(async () => {
  logger.info('in-process');
  return Response.json({ ok: true });
}, stream);
