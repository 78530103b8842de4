import { logger } from '../lib/logger.js';

export const dynamic = 'force-dynamic';

export default function Page() {
  logger.info('page rendered');
  return <p>shop</p>;
}
