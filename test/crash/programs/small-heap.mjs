// pino's worker with a small heap, logging faster than a server that hangs: the ring is bounded in bytes.
import { writeSync } from 'node:fs';
import pino from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';

const { endpoint, dlqPath, heapMb, lines, lineBytes, perTick, maxBufferBytes } = JSON.parse(process.argv[2]);
const transport = pino.transport({
  target: '@tracehub/pino',
  options: {
    apiKey: 'th_crash',
    service: 'crash',
    environment: 'test',
    endpoint,
    dlqPath,
    maxBufferBytes,
    maxBuffer: 1_000_000,
    closeTimeout: 500,
  },
  worker: { resourceLimits: { maxOldGenerationSizeMb: heapMb } },
});
const errors = [];
transport.on('error', (error) => void errors.push(error.code ?? error.message));
process.on('uncaughtException', (error) => void errors.push(error.code ?? error.message));
let stats;
transport.on('tracehub:stats', (said) => (stats = said));
const logger = pino(transport);
const filler = 'x'.repeat(lineBytes);
for (let n = 1; n <= lines && errors.length === 0; n++) {
  logger.info(`${n} ${filler}`);
  // pino's pipe between the threads is not bounded; what is tested is the worker.
  if (n % perTick === 0) await sleep(5);
}
while (errors.length === 0 && (stats?.accepted ?? 0) < lines) await sleep(20);
logger.info('after');
await sleep(50);
writeSync(1, `end ${JSON.stringify({ errors, stats })}\n`);
// At process.exit pino waits ten seconds, twice, for a worker that has died.
process.kill(process.pid, 'SIGKILL');
