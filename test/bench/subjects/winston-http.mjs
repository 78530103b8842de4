import { setTimeout as sleep } from 'node:timers/promises';
import winston from 'winston';
import { winstonOn } from './loggers.mjs';

/** One request per record is its default, and as good as no delivery in a burst. */
const BATCHES = { batch: true, batchCount: 1_000, batchInterval: 1_000 };

export function open({ endpoint }) {
  const { hostname: host, port } = new URL(endpoint);
  const transport = new winston.transports.Http({ host, port: Number(port), path: '/winston', ...BATCHES });
  // It cannot be flushed; its timer is waited for.
  return { ...winstonOn(transport), close: () => sleep(1.5 * BATCHES.batchInterval) };
}
