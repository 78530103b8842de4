import { logger } from '../../../lib/logger.js';

export function GET() {
  logger.error(new Error('out of stock'), 'order failed');
  return Response.json({ ok: true });
}
