import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

// Each process makes its own.
const logger = winston.createLogger({
  defaultMeta: { worker: cluster.worker?.id },
  transports: [
    new TraceHubTransport({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
      service: 'shop',
      environment: 'production',
      closeOnSignal: cluster.isWorker && ['SIGTERM', 'SIGINT'],
    }),
  ],
});

if (cluster.isPrimary) {
  cluster.on('exit', (worker, code, signal) => logger.info('worker ended', { worker: worker.id, signal }));
  cluster.fork();
  cluster.fork();
  // Ends by itself once its workers have ended.
  process.once('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  });
} else {
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    logger.info('worker listens');
    console.log(`worker ${cluster.worker.id} (${process.pid}) listens on port ${server.address().port}`);
  });
}
