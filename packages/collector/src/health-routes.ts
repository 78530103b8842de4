import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';
import type { Queue } from './queue/queue.ts';
import type { Queryable } from './store/database.ts';

/** What tells how a collector is. */
export interface HealthParts {
  database: Pick<Queryable, 'query'>;
  queue: Pick<Queue, 'check'>;
  metrics: Metrics;
}

/**
 * `GET /health` says that the process is up, `/ready` whether database and queue answer, `/metrics` what Prometheus
 * collects. Open to everybody: they tell how much, never what.
 */
export function addHealthRoutes(app: FastifyInstance, { database, queue, metrics }: HealthParts): void {
  app.get('/health', async () => ({ status: 'ok' }));

  app.get('/ready', async (_request, reply) => {
    const [ofDatabase, ofQueue] = await Promise.allSettled([database.query('select 1'), queue.check()]);
    const isReady = ofDatabase.status === 'fulfilled' && ofQueue.status === 'fulfilled';
    void reply.status(isReady ? 200 : 503);
    return {
      status: isReady ? 'ready' : 'not ready',
      database: ofDatabase.status === 'fulfilled' ? 'ok' : 'does not answer',
      queue: ofQueue.status === 'fulfilled' ? 'ok' : 'does not answer',
    };
  });

  app.get('/metrics', async (_request, reply) => {
    void reply.type(metrics.registry.contentType);
    return await metrics.registry.metrics();
  });
}
